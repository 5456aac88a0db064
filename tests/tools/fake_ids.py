"""Ids that a test chooses. AWS gives ids out; a test that deploys a committed example needs those that stand in it.

A resource created with the tag `_custom_id_` gets that id: VPCs, subnets, security groups, KMS keys, and the resource id of RDS
instances and clusters. (For secrets moto does so itself: there the tag is the suffix of the ARN.)
"""

import functools
import threading
from collections.abc import Mapping

from moto.ec2.models import EC2Backend, security_groups, subnets, vpcs
from moto.kms import models as kms
from moto.moto_api._internal import mock_random
from moto.rds.models import RDSBackend

TAG = "_custom_id_"
_wanted = threading.local()


def chosen(value):
    """The id in tags of any of the shapes that moto passes around."""
    # RDS has mappings of its own, which are no `dict`.
    if isinstance(value, Mapping):
        if TAG in value:
            return value[TAG]
        # KMS calls the members of a tag by names of its own.
        for key, wanted in (("Key", "Value"), ("TagKey", "TagValue")):
            if value.get(key) == TAG:
                return value.get(wanted)
        return next(filter(None, map(chosen, value.values())), None)
    if isinstance(value, list):
        return next(filter(None, map(chosen, value)), None)
    return None


def listening(create):
    """Remembers the id that the tags of this call ask for."""

    @functools.wraps(create)
    def wrapper(backend, *arguments, **named):
        _wanted.id = chosen(list(arguments)) or chosen(named)
        try:
            return create(backend, *arguments, **named)
        finally:
            _wanted.id = None

    return wrapper


def obeying(generate):
    """Gives the id that was asked for, once, and else one of moto's."""

    @functools.wraps(generate)
    def wrapper(*arguments, **named):
        wanted, _wanted.id = getattr(_wanted, "id", None), None
        return wanted or generate(*arguments, **named)

    return wrapper


def with_resource_id(create, attribute, prefix):
    """moto gives every instance the same resource id."""

    @functools.wraps(create)
    def wrapper(backend, given):
        made = create(backend, given)
        wanted = chosen(list(given.get("Tags") or []))
        setattr(made, attribute, wanted or prefix + mock_random.get_random_string(26).upper())
        return made

    return wrapper


def extend_moto():
    for module, name in ((vpcs, "vpc"), (subnets, "subnet"), (security_groups, "security_group")):
        create, generate = f"create_{name}", f"random_{name}_id"
        setattr(EC2Backend, create, listening(getattr(EC2Backend, create)))
        setattr(module, generate, obeying(getattr(module, generate)))
    kms.KmsBackend.create_key = listening(kms.KmsBackend.create_key)
    kms.generate_key_id = obeying(kms.generate_key_id)
    RDSBackend.create_db_instance = with_resource_id(RDSBackend.create_db_instance, "dbi_resource_id", "db-")
    RDSBackend.create_db_cluster = with_resource_id(RDSBackend.create_db_cluster, "db_cluster_resource_id", "cluster-")
