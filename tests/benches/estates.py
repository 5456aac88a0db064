"""Writes estates to audit, the same ones every time: modules in many styles, and a monorepo in which proxies are rare.

Usage: python3 tests/benches/estates.py FOLDER MODULES|monorepo [terraform|cloudformation]
"""

import json
import sys
from pathlib import Path

MONOREPO_FILES = 50_000
MONOREPO_PROXIES = 20

# ---------------------------------------------------------------- Terraform

VARIABLES = """\
variable "name" {
  type    = string
  default = "%(name)s"
}

variable "tls" {
  type    = bool
  default = %(tls)s
}

variable "subnet_ids" {
  type    = list(string)
  default = ["subnet-0a%(number)06d", "subnet-0b%(number)06d"]
}

variable "settings" {
  type = object({
    idle  = optional(number, 1800)
    debug = optional(bool, %(debug)s)
    users = optional(list(string), ["app", "report"])
  })
  default = {}
}

locals {
  tags = merge({ team = "%(name)s" }, { managed = "terraform" })
}
"""

ROLE = """\
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "proxy" {
  name               = "${var.name}-proxy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "secrets" {
  role = aws_iam_role.proxy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = %(resource)s
    }]
  })
}
"""

SECURITY_GROUP = """\
resource "aws_security_group" "proxy" {
  name   = "${var.name}-proxy"
  vpc_id = "vpc-0%(number)07d"

  dynamic "ingress" {
    for_each = toset(["10.0.0.0/16", "%(source)s"])
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "proxy" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "10.0.0.0/16"
}
"""

PROXY_PLAIN = """\
resource "aws_secretsmanager_secret" "app" {
  name = "${var.name}/app"
}

resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [aws_security_group.proxy.id]
  require_tls            = var.tls
  debug_logging          = var.settings.debug
  idle_client_timeout    = var.settings.idle
  tags                   = local.tags

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "%(iam)s"
    secret_arn  = aws_secretsmanager_secret.app.arn
  }
}
"""

PROXY_DYNAMIC = """\
resource "aws_secretsmanager_secret" "user" {
  for_each = toset(var.settings.users)
  name     = "${var.name}/${each.key}"
}

resource "aws_db_proxy" "this" {
  count                  = length(var.settings.users) > 0 ? 1 : 0
  name                   = lower(format("%%s-%%s", var.name, "db"))
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = try(var.subnet_ids, [])
  vpc_security_group_ids = concat([aws_security_group.proxy.id], [])
  require_tls            = coalesce(var.tls, true)

  dynamic "auth" {
    for_each = aws_secretsmanager_secret.user
    content {
      auth_scheme = "SECRETS"
      iam_auth    = lookup({ app = "REQUIRED" }, auth.key, "%(iam)s")
      secret_arn  = auth.value.arn
    }
  }
}
"""

PROXY_END_TO_END = """\
resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = [for id in var.subnet_ids : id]
  vpc_security_group_ids = aws_security_group.proxy[*].id
  require_tls            = true
  default_auth_scheme    = "IAM_AUTH"
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name
  connection_pool_config {
    max_connections_percent = 80
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name          = aws_db_proxy.this.name
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_instance_identifier = aws_db_instance.this.identifier
}

resource "aws_db_parameter_group" "this" {
  family = "postgres16"
  parameter {
    name  = "rds.force_ssl"
    value = "%(force)s"
  }
}

resource "aws_db_instance" "this" {
  identifier           = "${var.name}-db"
  engine               = "postgres"
  engine_version       = "16.4"
  instance_class       = "db.t4g.medium"
  allocated_storage    = 20
  parameter_group_name = aws_db_parameter_group.this.name
}
"""

CALL_OF_SHARED = """\
module "db" {
  source     = "../../modules/proxy"
  for_each   = { primary = true, report = false }
  name       = "%(name)s-${each.key}"
  tls        = each.value
  subnet_ids = ["subnet-0a%(number)06d", "subnet-0b%(number)06d"]
}
"""

CALL_OF_REGISTRY = """\
module "db" {
  source                 = "terraform-aws-modules/rds-proxy/aws"
  version                = "~> 3.1"
  name                   = "%(name)s"
  iam_role_name          = "%(name)s"
  vpc_subnet_ids         = ["subnet-0a%(number)06d", "subnet-0b%(number)06d"]
  vpc_security_group_ids = ["sg-0%(number)07d"]
  engine_family          = "POSTGRESQL"
  require_tls            = %(tls)s
  auth = {
    app = {
      description = "app"
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:%(name)s-AbCdEf"
    }
  }
}
"""

QUEUE = """\
resource "aws_sqs_queue" "work" {
  name                       = "%(name)s"
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = true
}

resource "aws_lambda_function" "worker" {
  function_name = "%(name)s-worker"
  role          = "arn:aws:iam::123456789012:role/%(name)s"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "worker.zip"
}
"""

NETWORK = """\
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.21.0"
  name    = "%(name)s"
  cidr    = "10.%(octet)d.0.0/16"
}

module "labels" {
  source = "../../modules/labels"
  name   = "%(name)s"
}

resource "aws_s3_bucket" "logs" {
  bucket = "%(name)s-logs"
  tags   = module.labels.tags
}
"""

LABELS = {
    "main.tf": 'variable "name" {}\n\noutput "tags" {\n  value = { team = var.name }\n}\n',
}


def values(number):
    return {
        "number": number,
        "octet": number % 250,
        "name": f"team-{number:05d}",
        "tls": ["true", "false"][number % 3 == 0],
        "debug": ["false", "true"][number % 7 == 0],
        "iam": ["REQUIRED", "DISABLED"][number % 4 == 0],
        "force": ["1", "0"][number % 5 == 0],
        "source": ["10.1.0.0/16", "0.0.0.0/0"][number % 6 == 0],
        "resource": ['"*"', '"arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-*"'][number % 2],
    }


def with_surroundings(proxy):
    return {"main.tf": proxy, "variables.tf": VARIABLES, "iam.tf": ROLE, "network.tf": SECURITY_GROUP}


TERRAFORM_STYLES = [
    with_surroundings(PROXY_PLAIN),
    {"main.tf": NETWORK},
    with_surroundings(PROXY_DYNAMIC),
    {"main.tf": QUEUE},
    with_surroundings(PROXY_END_TO_END),
    {"main.tf": CALL_OF_SHARED},
    {"main.tf": QUEUE, "variables.tf": VARIABLES},
    {"main.tf": CALL_OF_REGISTRY},
]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def labels(home):
    for name, text in LABELS.items():
        write(home / "modules/labels" / name, text)


def terraform(home, modules):
    labels(home)
    for name, text in with_surroundings(PROXY_PLAIN).items():
        write(home / "modules/proxy" / name, text % values(0))
    for number in range(1, modules + 1):
        for name, text in TERRAFORM_STYLES[number % len(TERRAFORM_STYLES)].items():
            write(home / f"live/team-{number:05d}" / name, text % values(number))


# ----------------------------------------------------------- CloudFormation

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  RequireTls:
    Type: String
    Default: "%(tls)s"
    AllowedValues: ["true", "false"]
  SubnetIds:
    Type: List<AWS::EC2::Subnet::Id>
    Default: subnet-0a%(number)06d,subnet-0b%(number)06d
Conditions:
  Encrypted: !Equals [!Ref RequireTls, "true"]
Resources:
%(resources)s
Outputs:
  Name:
    Value: %(name)s
    Export:
      Name: !Sub "${AWS::StackName}-%(name)s"
"""

STACK_PROXY = """\
  Proxy%(number)d:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: %(name)s
      EngineFamily: POSTGRESQL
      RoleArn: !GetAtt Role%(number)d.Arn
      VpcSubnetIds: !Ref SubnetIds
      VpcSecurityGroupIds: [!Ref Group%(number)d]
      RequireTLS: !If [Encrypted, true, false]
      DebugLogging: %(debug)s
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: %(iam)s
          SecretArn: !Ref Secret%(number)d
  Targets%(number)d:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Proxy%(number)d
      TargetGroupName: default
      DBInstanceIdentifiers: [%(name)s-db]
  Secret%(number)d:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: !Sub "${AWS::StackName}/%(name)s"
      GenerateSecretString: {SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password}
  Group%(number)d:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: %(name)s
      VpcId: vpc-0%(number)07d
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: %(source)s}
  Role%(number)d:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: rds.amazonaws.com}}
      Policies:
        - PolicyName: secrets
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Secret%(number)d}
"""

STACK_QUEUE = """\
  Queue%(number)d:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: %(name)s
      VisibilityTimeout: 60
  Topic%(number)d:
    Type: AWS::SNS::Topic
    Condition: Encrypted
    Properties:
      TopicName: !Join ["-", [%(name)s, !Select [0, !Ref SubnetIds]]]
"""


def template(number, resources):
    known = values(number)
    return TEMPLATE % {**known, "resources": resources % known}


def as_json(number):
    """A template as a machine writes it."""
    known = values(number)
    properties = {
        "DBProxyName": known["name"],
        "EngineFamily": "MYSQL",
        "RoleArn": "arn:aws:iam::123456789012:role/proxy",
        "VpcSubnetIds": ["subnet-0a", "subnet-0b"],
        "RequireTLS": known["tls"] == "true",
        "Auth": [{"AuthScheme": "SECRETS", "IAMAuth": known["iam"], "SecretArn": {"Ref": f"Secret{number}"}}],
    }
    resources = {
        f"Proxy{number}": {"Type": "AWS::RDS::DBProxy", "Properties": properties},
        f"Secret{number}": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": known["name"]}},
    }
    return json.dumps({"Resources": resources}, indent=1)


def cloudformation(home, modules):
    for number in range(1, modules + 1):
        folder = home / f"stacks/team-{number:05d}"
        match number % 4:
            case 0:
                write(folder / "template.json", as_json(number))
            case 1 | 3:
                write(folder / "template.yaml", template(number, STACK_PROXY))
            case _:
                write(folder / "template.yaml", template(number, STACK_QUEUE))


# ------------------------------------------------------------- the monorepo

WORDS = "account billing cache deploy event flow gateway history index job key ledger metric node order payment".split()


def prose(number, lines):
    words = (WORDS[(number * 7 + at * at) % len(WORDS)] for at in range(lines * 9))
    return "\n".join(" ".join(next(words) for _ in range(9)) for _ in range(lines)) + "\n"


def source(number, lines):
    return "".join(
        f"export function {WORDS[(number + at) % len(WORDS)]}{at}(input: string): number {{\n"
        f"  return input.length * {number + at}; // {WORDS[(number * at) % len(WORDS)]}\n}}\n"
        for at in range(lines // 3)
    )


def package(number):
    needs = {f"@scope/{word}-{number % 97}": f"^{number % 9}.{at}.0" for at, word in enumerate(WORDS)}
    return json.dumps({"name": f"pkg-{number}", "version": "1.0.0", "dependencies": needs}, indent=2)


def data(number):
    rows = [{"id": at, "word": WORDS[at % len(WORDS)], "text": f"Zo\\u00eb {at}"} for at in range(40 + number % 60)]
    return json.dumps(rows, indent=1)


def manifest(number):
    name = f"{WORDS[number % len(WORDS)]}-{number}"
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  replicas: {number % 9}\n"
        f"  template:\n    spec:\n      containers:\n        - name: {name}\n          image: registry/{name}:1.{number}\n"
        + "".join(f"          # {line}\n" for line in prose(number, 20).splitlines())
    )


# What a file is called and what stands in it, by its number; a repeated row is more frequent.
NOISE = [
    ("apps/{area}/src/{part}/unit{number}.ts", lambda number: source(number, 60 + number % 120)),
    ("third_party/node_modules/p{area}/lib/{part}/m{number}.js", lambda number: source(number, 30 + number % 200)),
    ("third_party/node_modules/p{area}/d{number}/package.json", package),
    ("apps/{area}/src/{part}/unit{number}.ts", lambda number: source(number, 40)),
    ("deploy/{area}/{part}/app{number}.yaml", manifest),
    ("apps/{area}/fixtures/{part}/data{number}.json", data),
    ("docs/{area}/{part}/page{number}.md", lambda number: prose(number, 40)),
    ("third_party/node_modules/p{area}/lib/{part}/m{number}.js", lambda number: source(number, 90)),
    ("i18n/{area}/{part}/texts{number}.json", data),
    ("services/{area}/{part}/handler{number}.py", lambda number: prose(number, 30)),
]


def monorepo(home):
    """Proxies in twelve Terraform folders and eight templates, among infrastructure without any and everything else."""
    labels(home / "infra")
    with_proxy = [style for style in TERRAFORM_STYLES if "aws_db_proxy" in style["main.tf"]]
    without = [style for style in TERRAFORM_STYLES if "roxy" not in style["main.tf"]]
    for number in range(1, 1201):
        style = with_proxy[number % 3] if number % 100 == 0 else without[number % len(without)]
        for name, text in style.items():
            write(home / f"infra/live/team-{number:05d}" / name, text % values(number))
    for number in range(1, 401):
        resources = STACK_PROXY if number % 50 == 0 else STACK_QUEUE
        write(home / f"infra/stacks/stack{number}.yaml", template(number, resources))
    written = sum(1 for path in home.rglob("*") if path.is_file())
    for number in range(MONOREPO_FILES - written):
        path, text = NOISE[number % len(NOISE)]
        where = path.format(area=number % 61, part=number % 37, number=number)
        write(home / where, text(number))


def main():
    home, what, *language = sys.argv[1:]
    home = Path(home)
    if what == "monorepo":
        monorepo(home)
    else:
        {"terraform": terraform, "cloudformation": cloudformation}[(language or ["terraform"])[0]](home, int(what))


if __name__ == "__main__":
    main()
