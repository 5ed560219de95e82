"""Groups of a directory that give no role become groups of the brand's people, under the same name.

A group that somebody has made by hand under that name is left alone.
"""

from dam.accounts.models import Group
from dam.scim.models import ScimGroup, ScimUser
from dam.sso import providers
from dam.sso.models import GroupRule


def follow(row: ScimGroup) -> None:
    """Make, rename and fill the group that stands for it; drop it where a rule gives its members a role."""
    name = row.display_name
    rules = GroupRule.objects.filter(provider=providers.OF_DIRECTORY, brand=row.brand, group=row.display_name)
    if rules.exists():
        drop(row)
        return
    taken = Group.objects.filter(brand=row.brand, name__iexact=name).exclude(scim_group=row).exists()
    if row.mirror is None:
        if taken:
            return
        row.mirror = Group.objects.create(brand=row.brand, name=name)
        row.save(update_fields=["mirror"])
    elif row.mirror.name != name and not taken:
        row.mirror.name = name
        row.mirror.save(update_fields=["name"])
    row.mirror.members.set(list(row.members.values_list("user", flat=True)))


def drop(row: ScimGroup) -> None:
    kept, row.mirror = row.mirror, None
    if kept is not None:
        kept.delete()


def leave(person: ScimUser) -> None:
    """Out of every group that stands for one of the directory's."""
    for group in Group.objects.filter(scim_group__members=person):
        group.members.remove(person.user)
