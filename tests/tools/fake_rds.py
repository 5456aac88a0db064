"""RDS Proxy as moto 5.2.5 lacks it: what can be changed, the endpoints of a proxy, and the faults for what does not exist."""

import re

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBInstanceNotFoundError,
    DBParameterGroupNotFoundError,
    RDSClientError,
)
from moto.rds.models import DBProxy, DBProxyNotFoundFault, RDSBackend, RDSBaseModel
from moto.rds.responses import RDSResponse
from moto.utilities.utils import ARN_PARTITION_REGEX

# ---------------------------------------------------------------------------------------------------------------- proxies

# What CreateDBProxy and ModifyDBProxy take beyond what moto keeps, with the value where nothing is passed.
NEWER_PROXY_ATTRIBUTES = {
    "DefaultAuthScheme": ("default_auth_scheme", "NONE"),
    "EndpointNetworkType": ("endpoint_network_type", "IPV4"),
    "TargetConnectionNetworkType": ("target_connection_network_type", "IPV4"),
}

MODIFIABLE_PROXY_ATTRIBUTES = {
    "Auth": "auth",
    "DebugLogging": "debug_logging",
    "DefaultAuthScheme": "default_auth_scheme",
    "IdleClientTimeout": "idle_client_timeout",
    "RequireTLS": "require_tls",
    "RoleArn": "role_arn",
    "SecurityGroups": "vpc_security_group_ids",
}

for _attribute, _default in NEWER_PROXY_ATTRIBUTES.values():
    setattr(DBProxy, _attribute, _default)


def create_proxy(backend, properties):
    """CreateDBProxy: `properties` is named as in the API."""
    auth = properties.get("Auth") or []
    scheme = properties.get("DefaultAuthScheme") or "NONE"
    if not auth and scheme == "NONE":
        raise RDSClientError("InvalidParameterCombination", "Auth is required when DefaultAuthScheme is NONE")
    proxy = backend.create_db_proxy(
        properties["DBProxyName"],
        properties["EngineFamily"],
        auth,
        properties["RoleArn"],
        properties["VpcSubnetIds"],
        properties.get("VpcSecurityGroupIds"),
        bool(properties.get("RequireTLS")),
        properties.get("IdleClientTimeout"),
        bool(properties.get("DebugLogging")),
        properties.get("Tags") or [],
    )
    for name, (attribute, default) in NEWER_PROXY_ATTRIBUTES.items():
        setattr(proxy, attribute, properties.get(name) or default)
    return proxy


def modify_proxy(backend, name, properties):
    """ModifyDBProxy: what is not passed stays."""
    proxy = existing_proxy(backend, name)
    for key, attribute in MODIFIABLE_PROXY_ATTRIBUTES.items():
        if properties.get(key) is not None:
            setattr(proxy, attribute, properties[key])
    new_name = properties.get("NewDBProxyName")
    if new_name:
        backend.db_proxies[new_name] = backend.db_proxies.pop(name)
        proxy.db_proxy_name = new_name
    proxy.updated_date = utcnow()
    return proxy


def existing_proxy(backend, name):
    if name not in backend.db_proxies:
        raise DBProxyNotFoundFault(name)
    return backend.db_proxies[name]


def register_targets(original):
    """RegisterDBProxyTargets: the database must exist, and the target has its port."""

    def register(backend, db_proxy_name, target_group_name, db_cluster_identifiers, db_instance_identifiers):
        existing_proxy(backend, db_proxy_name)
        for identifier in db_cluster_identifiers:
            if identifier not in backend.clusters:
                raise DBClusterNotFoundError(identifier)
        for identifier in db_instance_identifiers:
            if identifier not in backend.databases:
                raise DBInstanceNotFoundError(identifier)
        targets = original(backend, db_proxy_name, target_group_name, db_cluster_identifiers, db_instance_identifiers)
        for target in targets:
            database = backend.databases.get(target.rds_resource_id) or backend.clusters.get(target.rds_resource_id)
            target.port = database.port
            target.role = "READ_WRITE"
        return targets

    return register


def needs_proxy(original):
    """An operation on a proxy that does not exist is the fault that AWS gives, not a KeyError."""

    def guarded(backend, *arguments, **named):
        name = named.get("proxy_name") or named.get("db_proxy_name") or arguments[0]
        existing_proxy(backend, name)
        return original(backend, *arguments, **named)

    return guarded


# -------------------------------------------------------------------------------------------------------- proxy endpoints


class DBProxyEndpoint(RDSBaseModel):
    """An endpoint that was added to a proxy. The proxy's own endpoint is not listed by DescribeDBProxyEndpoints."""

    __module__ = "moto.rds.models"  # moto keeps instances by the service in the name of their module
    resource_type = "db-proxy-endpoint"

    def __init__(self, backend, properties):
        super().__init__(backend)
        proxy = existing_proxy(backend, properties["DBProxyName"])
        network = ec2_backends[backend.account_id][backend.region_name]
        self.db_proxy_endpoint_name = properties["DBProxyEndpointName"]
        self.db_proxy_name = proxy.db_proxy_name
        self.vpc_subnet_ids = list(properties["VpcSubnetIds"])
        self.vpc_id = network.describe_subnets(subnet_ids=self.vpc_subnet_ids)[0].vpc_id
        self.vpc_security_group_ids = list(properties.get("VpcSecurityGroupIds") or [])
        if not self.vpc_security_group_ids:
            self.vpc_security_group_ids = [network.get_default_security_group(self.vpc_id).id]
        self.target_role = properties.get("TargetRole") or "READ_WRITE"
        self.endpoint_network_type = properties.get("EndpointNetworkType") or "IPV4"
        self.tags = properties.get("Tags") or []
        self.status = "available"
        self.is_default = False
        self.created_date = utcnow()
        self.unique_id = proxy.unique_id.replace("prx-", "prx-endpoint-")[:-4] + f"{len(endpoints(backend)):04}"
        self.endpoint = f"{self.db_proxy_endpoint_name}.endpoint.{proxy.endpoint.split('.', 1)[1]}"

    @property
    def resource_id(self):
        return self.unique_id

    @property
    def db_proxy_endpoint_arn(self):
        return self.arn


def endpoints(backend):
    """The endpoints of one account and region; they go when moto resets the backend."""
    return backend.__dict__.setdefault("db_proxy_endpoints", {})


def create_endpoint(backend, properties):
    name = properties["DBProxyEndpointName"]
    if name in endpoints(backend):
        raise RDSClientError("DBProxyEndpointAlreadyExistsFault", f"The endpoint {name} exists already")
    endpoints(backend)[name] = DBProxyEndpoint(backend, properties)
    return endpoints(backend)[name]


def existing_endpoint(backend, name):
    if name not in endpoints(backend):
        raise RDSClientError("DBProxyEndpointNotFoundFault", f"The endpoint {name} does not exist")
    return endpoints(backend)[name]


def modify_endpoint(backend, name, properties):
    endpoint = existing_endpoint(backend, name)
    if properties.get("VpcSecurityGroupIds"):
        endpoint.vpc_security_group_ids = list(properties["VpcSecurityGroupIds"])
    new_name = properties.get("NewDBProxyEndpointName")
    if new_name:
        endpoints(backend)[new_name] = endpoints(backend).pop(name)
        endpoint.db_proxy_endpoint_name = new_name
    return endpoint


def describe_endpoints(backend, proxy_name, endpoint_name):
    if endpoint_name:
        return [existing_endpoint(backend, endpoint_name)]
    if proxy_name:
        existing_proxy(backend, proxy_name)
    return [one for one in endpoints(backend).values() if proxy_name in (None, one.db_proxy_name)]


# ------------------------------------------------------------------------------------------------- the operations of the API


def answer(key, work):
    """An operation whose result is wrapped in `key`."""
    return lambda response: ActionResult({key: work(response.backend, response.params)})


def describe_parameters(response):
    """DescribeDBParameters: moto hands a view of a dictionary to the serializer, which then writes nothing."""
    name = response.params.get("DBParameterGroupName")
    groups = response.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    if not groups:
        raise DBParameterGroupNotFoundError(name)
    return ActionResult({"Parameters": [dict(parameter, Source="user") for parameter in groups[0].parameters.values()]})


OPERATIONS = {
    "describe_db_parameters": describe_parameters,
    "create_db_proxy": answer("DBProxy", create_proxy),
    "modify_db_proxy": answer("DBProxy", lambda rds, given: modify_proxy(rds, given["DBProxyName"], given)),
    "create_db_proxy_endpoint": answer("DBProxyEndpoint", create_endpoint),
    "modify_db_proxy_endpoint": answer(
        "DBProxyEndpoint", lambda rds, given: modify_endpoint(rds, given["DBProxyEndpointName"], given)
    ),
    "describe_db_proxy_endpoints": answer(
        "DBProxyEndpoints",
        lambda rds, given: describe_endpoints(rds, given.get("DBProxyName"), given.get("DBProxyEndpointName")),
    ),
    "delete_db_proxy_endpoint": answer(
        "DBProxyEndpoint",
        lambda rds, given: endpoints(rds).pop(existing_endpoint(rds, given["DBProxyEndpointName"]).db_proxy_endpoint_name),
    ),
}

NEED_A_PROXY = [
    "delete_db_proxy",
    "deregister_db_proxy_targets",
    "describe_db_proxy_target_groups",
    "describe_db_proxy_targets",
    "modify_db_proxy_target_group",
]


def find_tagged(original):
    """ListTagsForResource and its kin, for endpoints too."""

    def find(backend, resource_type, resource_name):
        if resource_type != DBProxyEndpoint.resource_type:
            return original(backend, resource_type, resource_name)
        return next((one for one in endpoints(backend).values() if one.unique_id == resource_name), None)

    return find


def with_endpoint_arns(original):
    """moto refuses to tag what its own expression for ARNs does not know."""

    def init(backend, region_name, account_id):
        original(backend, region_name, account_id)
        backend.arn_regex = re.compile(ARN_PARTITION_REGEX + r":rds:.*:[0-9]*:[a-z-]+:.*$")

    return init


def extend_moto():
    for name, operation in OPERATIONS.items():
        setattr(RDSResponse, name, operation)
    for name in NEED_A_PROXY:
        setattr(RDSBackend, name, needs_proxy(getattr(RDSBackend, name)))
    RDSBackend.register_db_proxy_targets = register_targets(RDSBackend.register_db_proxy_targets)
    RDSBackend._find_resource = find_tagged(RDSBackend._find_resource)
    RDSBackend.__init__ = with_endpoint_arns(RDSBackend.__init__)
