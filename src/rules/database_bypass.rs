//! Mission rule 4: nobody but the proxy should reach the database.

use super::{Example, Rule, Sample, Seen, pages, reach, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{Coverage, Database, GroupRule, Identity, Peer, Proxy, SecurityGroup};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "database-bypass",
        group: Group::Mission(4),
        severity: Severity::Medium,
        summary: "others than the proxy may reach the database directly",
        why: "What the proxy requires does not bind those who connect to the database itself: no IAM authentication, no TLS unless the database forces it, no shared pool. \
              Such rules are often left over from the time before the proxy.",
        fix: "Let the database's security groups admit the proxy's group only. Administrators and rotation functions may need a way of their own: \
              keep it to one group and one port, and record it with a waiver.",
        references: &[pages::GROUP_RULES, pages::CREATING],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name                   = "orders"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier             = "orders"
  engine                 = "postgres"
  port                   = 5432
  vpc_security_group_ids = [aws_security_group.database.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"
}

resource "aws_security_group" "checkout" {
  name = "checkout"
}

resource "aws_security_group" "database" {
  name = "orders-database"

  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.checkout.id]
  }
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSecurityGroupIds: [!GetAtt ProxyGroup.GroupId]
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      Port: "5432"
      VPCSecurityGroups: [!GetAtt DatabaseGroup.GroupId]
  ProxyGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Proxy of the orders database
  CheckoutGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The checkout function
  DatabaseGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The orders database
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 5432
          ToPort: 5432
          SourceSecurityGroupId: !GetAtt CheckoutGroup.GroupId
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name                   = "orders"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier             = "orders"
  engine                 = "postgres"
  port                   = 5432
  vpc_security_group_ids = [aws_security_group.database.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"
}

resource "aws_security_group" "database" {
  name = "orders-database"

  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.proxy.id]
  }
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSecurityGroupIds: [!GetAtt ProxyGroup.GroupId]
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      Port: "5432"
      VPCSecurityGroups: [!GetAtt DatabaseGroup.GroupId]
  ProxyGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Proxy of the orders database
  DatabaseGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The orders database
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 5432
          ToPort: 5432
          SourceSecurityGroupId: !GetAtt ProxyGroup.GroupId
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = walk::database(proxy, verdicts) else {
        return;
    };
    let own = walk::known(
        "the list of security groups of the proxy",
        &proxy.security_groups,
        verdicts,
    );
    let groups = walk::known(
        "the list of security groups of the database",
        &database.security_groups,
        verdicts,
    );
    let (Some(own), Some(groups)) = (own, groups) else {
        return;
    };
    for group in groups {
        judge(
            &Admitted {
                own,
                others: &proxy.other_proxies,
                group,
            },
            database,
            verdicts,
        );
    }
    verdicts.pass(
        "the database's security groups admit the proxy only",
        &database.security_groups,
    );
}

/// Who may reach the database: the proxy, and the other proxies in front of it.
struct Admitted<'p> {
    own: &'p [SecurityGroup],
    others: &'p [Identity],
    /// The database's group that admits them.
    group: &'p SecurityGroup,
}

fn judge(own: &Admitted<'_>, database: &Database, verdicts: &mut Verdicts) {
    let group = own.group;
    let name = walk::group_name(group);
    let concerned: Vec<_> = group
        .ingress
        .iter()
        .filter(|rule| !reach::reaches_nobody(rule) && concerns(database, rule))
        .collect();
    let faulty = concerned
        .iter()
        .filter(|rule| judge_one(own, (&name, rule), verdicts))
        .count();
    if let (Coverage::Partial(reason), 0) = (&group.coverage, faulty) {
        verdicts.undetermined(
            format!("not all rules of the database's security group {name} are in view: {reason}"),
            Some(&group.origin),
        );
    }
}

/// A rule for other ports than the database's is somebody else's matter.
fn concerns(database: &Database, rule: &GroupRule) -> bool {
    match (database.port.value(), rule.ports.value()) {
        (Some(port), Some(ports)) => ports.holds(*port),
        (None, _) | (_, None) => true,
    }
}

fn judge_one(
    own: &Admitted<'_>,
    (name, rule): (&str, &GroupRule),
    verdicts: &mut Verdicts,
) -> bool {
    let Some(peer) = walk::known(
        &format!("whom a rule of the database's security group {name} admits"),
        &rule.peer,
        verdicts,
    ) else {
        return false;
    };
    match admitted(own, peer) {
        Some(true) => false,
        Some(false) => {
            let said = match is_shared(own, peer) {
                true => format!(
                    "the security group {name} is the database's and the proxy's, and admits its own members: whoever is let in to the proxy by it reaches the database too"
                ),
                false => format!(
                    "the database's security group {name} admits {peer}: they reach the database without the proxy"
                ),
            };
            match &rule.in_doubt {
                None => verdicts.fail(said, &rule.origin),
                Some((reason, origin)) => verdicts.undetermined(
                    format!("whether this rule is there cannot be told ({reason}): {said}"),
                    Some(origin),
                ),
            }
            rule.in_doubt.is_none()
        }
        None => {
            verdicts.undetermined(
                format!("whether {peer}, whom the database's security group {name} admits, are the proxy cannot be told"),
                Some(&rule.origin),
            );
            false
        }
    }
}

/// Whether the peer is the very group, and the proxy stands in it with the database.
fn is_shared(Admitted { own, group, .. }: &Admitted<'_>, peer: &Peer) -> bool {
    let is = |group: &SecurityGroup, peer: &Peer| match peer {
        Peer::Group(peer) => group.identity.same(peer) == Some(true),
        Peer::SomeGroup(_) | Peer::Cidr(_) | Peer::PrefixList(_) => false,
    };
    is(group, peer) && own.iter().any(|own| is(own, peer))
}

/// Whether the peer is a proxy and nothing else.
fn admitted(admission: &Admitted<'_>, peer: &Peer) -> Option<bool> {
    let Admitted { own, others, .. } = admission;
    if is_shared(admission, peer) {
        return Some(false);
    }
    let peer = match peer {
        Peer::Group(peer) => peer,
        Peer::SomeGroup(_) => return None,
        Peer::Cidr(_) | Peer::PrefixList(_) => return Some(false),
    };
    let same = |group: &SecurityGroup| Identity::same(&group.identity, peer);
    if others.contains(peer) || own.iter().any(|group| same(group) == Some(true)) {
        Some(true)
    } else if own.iter().any(|group| same(group).is_none()) {
        None
    } else {
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, known, of, rule};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn admit(proxy: &mut Proxy, port: u16, peer: Peer) {
        let group = &mut of(&mut of(&mut proxy.database).security_groups)[0];
        group.ingress.push(rule(port, peer));
    }

    #[test]
    fn another_proxy_goes_around_nothing() {
        let mut proxy = super::super::samples::hardened();
        admit(&mut proxy, 6432, Peer::Group(known("sg-other-proxy")));
        for (others, verdict) in [(vec![], Fail), (vec![known("sg-other-proxy")], Pass)] {
            proxy.other_proxies = others;
            assert_eq!(
                RULE.judge(&proxy, &Limits::SERVICE).verdict(RULE.info.id),
                verdict
            );
        }
    }

    #[test]
    fn admits_the_proxy_only() {
        check(
            &RULE,
            &[
                (
                    |proxy| admit(proxy, 6432, Peer::Group(known("sg-function"))),
                    Fail,
                    "admits members of sg-function",
                ),
                (
                    |proxy| admit(proxy, 6432, Peer::Cidr("10.0.0.0/8".into())),
                    Fail,
                    "every address in 10.0.0.0/8",
                ),
                (
                    |proxy| admit(proxy, 22, Peer::Group(known("sg-function"))),
                    Pass,
                    "admit the proxy only",
                ),
                (
                    |proxy| {
                        admit(
                            proxy,
                            6432,
                            Peer::Group(Identity::Created("aws_security_group.x".into())),
                        )
                    },
                    Undetermined,
                    "aws_security_group.x",
                ),
                (
                    |proxy| of(&mut proxy.database).security_groups = Evidence::NotVisible,
                    Undetermined,
                    "groups of the database is not in view",
                ),
                (
                    |proxy| proxy.database = Evidence::NotVisible,
                    Undetermined,
                    "database behind the proxy is not in view",
                ),
            ],
        );
    }
}
