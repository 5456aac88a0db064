"""CloudFormation resource types that moto 5.2.5 skips in silence, or makes only in part.

A type that neither knows is an error here: a stack that "succeeds" without some of its resources would prove nothing.
"""

import json
import secrets
import string

import fake_rds
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat, cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroup
from moto.iam.models import Role, iam_backends
from moto.kms.models import Key
from moto.rds.models import DBParameterGroup, rds_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.utilities.utils import get_partition


def truth(value):
    """CloudFormation takes booleans as text too."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


class FakeResource(CloudFormationModel):
    """A resource of a stack. A type says its name, how it is created and deleted, and what GetAtt gives.

    An update deletes and creates again, as if every property needed a replacement.
    """

    __module__ = "moto.cloudformation.models"
    kind = ""
    name_property = ""
    attribute_names = ()

    def __init_subclass__(cls):
        # moto files every model under the service in the name of its module, and fails on a module that has none.
        cls.__module__ = FakeResource.__module__

    def __init__(self, physical_resource_id, attributes=None):
        self._id = physical_resource_id
        self._attributes = attributes or {}

    @property
    def physical_resource_id(self):
        return self._id

    @classmethod
    def cloudformation_type(cls):
        return cls.kind

    @classmethod
    def cloudformation_name_type(cls):
        return cls.name_property

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr in cls.attribute_names

    def get_cfn_attribute(self, attribute_name):
        if attribute_name not in self._attributes:
            raise ValidationError(self.kind, f"{self.kind} has no attribute {attribute_name}")
        return self._attributes[attribute_name]

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = {**cloudformation_json["Properties"]}
        if cls.name_property:
            properties.setdefault(cls.name_property, resource_name)
        return cls(*cls.create(properties, account_id, region_name))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        cls.delete(original_resource.physical_resource_id, account_id, region_name)
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        cls.delete(resource_name, account_id, region_name)

    @classmethod
    def create(cls, properties, account, region):
        """Makes it; gives its physical id and, where there are any, its attributes."""
        raise NotImplementedError

    @classmethod
    def delete(cls, physical_id, account, region):
        """Ends it; many of these go with what they belong to."""


# --------------------------------------------------------------------------------------------------------------------- rds


class DBProxy(FakeResource):
    kind = "AWS::RDS::DBProxy"
    name_property = "DBProxyName"
    attribute_names = ("DBProxyArn", "Endpoint", "VpcId")

    @classmethod
    def create(cls, properties, account, region):
        for name in ("RequireTLS", "DebugLogging"):
            properties[name] = truth(properties.get(name, False))
        properties["Tags"] = properties.get("Tags") or []
        proxy = fake_rds.create_proxy(rds_backends[account][region], properties)
        return proxy.db_proxy_name, {"DBProxyArn": proxy.arn, "Endpoint": proxy.endpoint, "VpcId": proxy.vpc_id}

    @classmethod
    def delete(cls, physical_id, account, region):
        rds_backends[account][region].db_proxies.pop(physical_id, None)


class DBProxyTargetGroup(FakeResource):
    kind = "AWS::RDS::DBProxyTargetGroup"
    attribute_names = ("TargetGroupArn",)

    @classmethod
    def create(cls, properties, account, region):
        rds, proxy = rds_backends[account][region], properties["DBProxyName"]
        if properties["TargetGroupName"] != "default":
            raise ValidationError(cls.kind, "the target group of a proxy is named default")
        rds.register_db_proxy_targets(
            proxy,
            "default",
            properties.get("DBClusterIdentifiers") or [],
            properties.get("DBInstanceIdentifiers") or [],
        )
        pool = properties.get("ConnectionPoolConfigurationInfo") or {}
        group = rds.modify_db_proxy_target_group(proxy, pool)
        return group.arn, {"TargetGroupArn": group.arn}


class DBProxyEndpoint(FakeResource):
    kind = "AWS::RDS::DBProxyEndpoint"
    name_property = "DBProxyEndpointName"
    attribute_names = ("DBProxyEndpointArn", "Endpoint", "IsDefault", "VpcId")

    @classmethod
    def create(cls, properties, account, region):
        endpoint = fake_rds.create_endpoint(rds_backends[account][region], properties)
        return endpoint.db_proxy_endpoint_name, {
            "DBProxyEndpointArn": endpoint.arn,
            "Endpoint": endpoint.endpoint,
            "IsDefault": False,
            "VpcId": endpoint.vpc_id,
        }

    @classmethod
    def delete(cls, physical_id, account, region):
        fake_rds.endpoints(rds_backends[account][region]).pop(physical_id, None)


def parameters_of(properties):
    values = (properties.get("Parameters") or {}).items()
    return [{"ParameterName": name, "ParameterValue": str(value), "ApplyMethod": "immediate"} for name, value in values]


class DBClusterParameterGroup(FakeResource):
    kind = "AWS::RDS::DBClusterParameterGroup"
    name_property = "DBClusterParameterGroupName"

    @classmethod
    def create(cls, properties, account, region):
        rds, name = rds_backends[account][region], properties["DBClusterParameterGroupName"].lower()
        group = rds.create_db_cluster_parameter_group(
            name, properties["Family"], properties["Description"], properties.get("Tags") or []
        )
        group.update_cluster_parameters(parameters_of(properties))
        return name, {}

    @classmethod
    def delete(cls, physical_id, account, region):
        rds_backends[account][region].db_cluster_parameter_groups.pop(physical_id, None)


def create_parameter_group(cls, resource_name, cloudformation_json, account_id, region_name, **_):
    """AWS::RDS::DBParameterGroup under the name that the template gives it."""
    properties = cloudformation_json["Properties"]
    group = rds_backends[account_id][region_name].create_db_parameter_group(
        {
            "db_parameter_group_name": properties.get("DBParameterGroupName", resource_name).lower(),
            "db_parameter_group_family": properties["Family"],
            "description": properties["Description"],
            "tags": properties.get("Tags") or [],
        }
    )
    group.update_parameters(parameters_of(properties))
    return group


# ----------------------------------------------------------------------------------------------------------------- secrets


def generated(rule):
    """What GenerateSecretString makes."""
    excluded = rule.get("ExcludeCharacters", "")
    alphabet = string.ascii_letters + string.digits
    if not truth(rule.get("ExcludePunctuation", False)):
        alphabet += string.punctuation
    allowed = [character for character in alphabet if character not in excluded]
    password = "".join(secrets.choice(allowed) for _ in range(int(rule.get("PasswordLength", 32))))
    if "SecretStringTemplate" not in rule:
        return password
    return json.dumps({**json.loads(rule["SecretStringTemplate"]), rule["GenerateStringKey"]: password})


class Secret(FakeResource):
    kind = "AWS::SecretsManager::Secret"
    name_property = "Name"
    attribute_names = ("Id",)

    @classmethod
    def create(cls, properties, account, region):
        rule = properties.get("GenerateSecretString")
        made = secretsmanager_backends[account][region].create_secret(
            properties["Name"],
            generated(rule) if rule else properties.get("SecretString"),
            None,
            properties.get("Description"),
            properties.get("Tags") or [],
            properties.get("KmsKeyId"),
            None,
            [],
            False,
        )
        arn = (json.loads(made) if isinstance(made, str) else made)["ARN"]
        return arn, {"Id": arn}

    @classmethod
    def delete(cls, physical_id, account, region):
        secretsmanager_backends[account][region].delete_secret(physical_id, None, True)


class SecretPolicy(FakeResource):
    kind = "AWS::SecretsManager::ResourcePolicy"
    attribute_names = ("Id",)

    @classmethod
    def create(cls, properties, account, region):
        policy, secret = properties["ResourcePolicy"], properties["SecretId"]
        text = policy if isinstance(policy, str) else json.dumps(policy)
        secretsmanager_backends[account][region].put_resource_policy(secret, text)
        return secret, {"Id": secret}

    @classmethod
    def delete(cls, physical_id, account, region):
        secretsmanager_backends[account][region].delete_resource_policy(physical_id)


# ----------------------------------------------------------------------------------------------------------- iam, sns, kms


class RolePolicy(FakeResource):
    kind = "AWS::IAM::RolePolicy"

    @classmethod
    def create(cls, properties, account, region):
        role, name = properties["RoleName"], properties["PolicyName"]
        iam = iam_backends[account][get_partition(region)]
        iam.put_role_policy(role, name, json.dumps(properties["PolicyDocument"]))
        return f"{name}|{role}", {}

    @classmethod
    def delete(cls, physical_id, account, region):
        name, role = physical_id.split("|", 1)
        iam = iam_backends[account][get_partition(region)]
        # moto deletes in the order of the template, so the role may have gone before, and its policies with it.
        if any(one.name == role for one in iam.roles.values()):
            iam.delete_role_policy(role, name)


class TopicPolicy(FakeResource):
    kind = "AWS::SNS::TopicPolicy"
    attribute_names = ("Id",)

    @classmethod
    def create(cls, properties, account, region):
        policy = json.dumps(properties["PolicyDocument"])
        for topic in properties["Topics"]:
            sns_backends[account][region].get_topic(topic).policy = policy
        identity = f"topic-policy-{secrets.token_hex(4)}"
        return identity, {"Id": identity}


def create_key(original):
    """moto gives the key policy back as it was given, so it must be text; and KMS has its own words for tags."""

    def create(cls, resource_name, cloudformation_json, account_id, region_name, **named):
        properties = {**cloudformation_json["Properties"]}
        properties["KeyPolicy"] = json.dumps(properties["KeyPolicy"])
        tags = properties.get("Tags") or []
        properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
        given = {**cloudformation_json, "Properties": properties}
        return original(cls, resource_name, given, account_id, region_name, **named)

    return classmethod(create)


# --------------------------------------------------------------------------------------------------------------- cloudwatch


def metric_query(given):
    """One entry of an alarm's Metrics: an expression, or a metric with its statistic."""
    stat = given.get("MetricStat")
    metric_stat = None
    if stat:
        metric = stat["Metric"]
        dimensions = [Dimension(one["Name"], one["Value"]) for one in metric.get("Dimensions") or []]
        named = Metric(metric["MetricName"], metric["Namespace"], dimensions)
        metric_stat = MetricStat(named, stat["Period"], stat["Stat"], stat.get("Unit"))
    return MetricDataQuery(
        query_id=given["Id"],
        label=given.get("Label"),
        period=given.get("Period"),
        return_data=truth(given.get("ReturnData", True)),
        expression=given.get("Expression"),
        metric_stat=metric_stat,
    )


class Alarm(FakeResource):
    kind = "AWS::CloudWatch::Alarm"
    name_property = "AlarmName"
    attribute_names = ("Arn",)

    @classmethod
    def create(cls, properties, account, region):
        alarm = cloudwatch_backends[account][region].put_metric_alarm(
            name=properties["AlarmName"],
            namespace=properties.get("Namespace"),
            metric_name=properties.get("MetricName"),
            comparison_operator=properties["ComparisonOperator"],
            evaluation_periods=int(properties["EvaluationPeriods"]),
            period=properties.get("Period"),
            threshold=properties.get("Threshold"),
            statistic=properties.get("Statistic"),
            description=properties.get("AlarmDescription"),
            dimensions=properties.get("Dimensions") or [],
            alarm_actions=properties.get("AlarmActions") or [],
            metric_data_queries=[metric_query(one) for one in properties.get("Metrics") or []],
            treat_missing_data=properties.get("TreatMissingData"),
        )
        return properties["AlarmName"], {"Arn": alarm.alarm_arn}

    @classmethod
    def delete(cls, physical_id, account, region):
        cloudwatch_backends[account][region].delete_alarms([physical_id])


# ---------------------------------------------------------------------------------------------------------- security groups


def authorize(network, group_id, rule, other):
    """Adds a rule that is written as CloudFormation writes them; `other` is the property that names a group."""
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    ranges = [{key: rule[key], **described} for key in ("CidrIp", "CidrIpv6") if rule.get(key)]
    groups = [{"GroupId": rule[other], **described}] if rule.get(other) else []
    lists = "DestinationPrefixListId" if other.startswith("Destination") else "SourcePrefixListId"
    prefixes = [{"PrefixListId": rule[lists], **described}] if rule.get(lists) else []
    add = (
        network.authorize_security_group_egress
        if other.startswith("Destination")
        else network.authorize_security_group_ingress
    )
    rules, _ = add(
        group_id,
        str(rule["IpProtocol"]),
        rule.get("FromPort"),
        rule.get("ToPort"),
        ranges,
        source_groups=groups,
        prefix_list_ids=prefixes,
    )
    return rules[0].id


def create_group(original):
    """AWS::EC2::SecurityGroup with its inline rules, of which moto takes only a part. Inline egress replaces the open default."""

    def create(cls, resource_name, cloudformation_json, account_id, region_name, **named):
        properties = {**cloudformation_json["Properties"]}
        ingress = properties.pop("SecurityGroupIngress", None) or []
        egress = properties.pop("SecurityGroupEgress", None) or []
        given = {**cloudformation_json, "Properties": properties}
        group = original(cls, resource_name, given, account_id, region_name, **named)
        network = ec2_backends[account_id][region_name]
        for rule in ingress:
            authorize(network, group.id, rule, "SourceSecurityGroupId")
        if egress:
            group.egress_rules.clear()
        for rule in egress:
            authorize(network, group.id, rule, "DestinationSecurityGroupId")
        return group

    return classmethod(create)


class SecurityGroupEgress(FakeResource):
    kind = "AWS::EC2::SecurityGroupEgress"
    attribute_names = ("Id",)

    @classmethod
    def create(cls, properties, account, region):
        network = ec2_backends[account][region]
        rule = authorize(network, properties["GroupId"], properties, "DestinationSecurityGroupId")
        return rule, {"Id": rule}


class Ingress(FakeResource):
    """In place of moto's own, which loses the description of a rule that names a group, and its id."""

    kind = "AWS::EC2::SecurityGroupIngress"
    attribute_names = ("Id",)

    @classmethod
    def create(cls, properties, account, region):
        network = ec2_backends[account][region]
        rule = authorize(network, properties["GroupId"], properties, "SourceSecurityGroupId")
        return rule, {"Id": rule}


# ------------------------------------------------------------------------------------------------------------ wiring it up


def with_partition(original):
    """moto takes every region for one of the partition aws."""

    def init(resources, stack_id, stack_name, parameters, tags, region_name, *rest, **named):
        original(resources, stack_id, stack_name, parameters, tags, region_name, *rest, **named)
        resources._parsed_resources["AWS::Partition"] = get_partition(region_name)

    return init


def with_list_defaults(original):
    """moto makes a list of a parameter that is passed, and leaves a default as text."""

    def load(resources):
        for name, parameter in resources._template.get("Parameters", {}).items():
            is_list = parameter["Type"] == "CommaDelimitedList" or parameter["Type"].startswith("List")
            if is_list and "Default" in parameter:
                resources.input_parameters.setdefault(name, str(parameter["Default"]))
        original(resources)

    return load


def refuse_unknown(original):
    def find(resource_type):
        model = original(resource_type)
        if model is None and resource_type not in parsing.NULL_MODELS:
            raise ValidationError(resource_type, f"the fake AWS cannot make {resource_type}")
        return model

    return find


def all_models():
    """moto lists direct subclasses only; ours stand one step below, and go before moto's own of the same type."""
    ours = FakeResource.__subclasses__()
    kinds = {model.kind for model in ours}
    theirs = [model for model in CloudFormationModel.__subclasses__() if model is not FakeResource]
    return [model for model in theirs if model.cloudformation_type() not in kinds] + ours


def with_json(original):
    """moto keeps the inline policy of a stack's role as a dictionary, and answers with Python's spelling of it."""

    def put_policy(role, name, document):
        return original(role, name, document if isinstance(document, str) else json.dumps(document))

    return put_policy


def extend_moto():
    Role.put_policy = with_json(Role.put_policy)
    SecurityGroup.create_from_cloudformation_json = create_group(SecurityGroup.create_from_cloudformation_json.__func__)
    Key.create_from_cloudformation_json = create_key(Key.create_from_cloudformation_json.__func__)
    DBParameterGroup.create_from_cloudformation_json = classmethod(create_parameter_group)
    DBParameterGroup.physical_resource_id = property(lambda group: group.name)
    parsing.ResourceMap.__init__ = with_partition(parsing.ResourceMap.__init__)
    parsing.ResourceMap.load_parameters = with_list_defaults(parsing.ResourceMap.load_parameters)
    parsing.get_model_list = all_models
    parsing.resource_class_from_type = refuse_unknown(parsing.resource_class_from_type)
