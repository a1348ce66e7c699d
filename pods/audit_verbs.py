"""What the record says of each act of this app: the words after the actor's name."""

SENTENCES: dict[str, str] = {
    "specialist.added": "added the specialist {target}",
    "specialist.changed": "changed the specialist {target}",
    "specialist.removed": "removed the specialist {target}",
    "pod.created": "created the pod {target}",
    "pod.changed": "changed the pod {target}",
    "pod.removed": "removed the pod {target}",
    "pod_function.given": "named {target} from {after[starts_on]}",
    "pod_function.changed": "changed the dates of {target}",
    "pod_function.removed": "removed {target}",
    "membership.added": (
        "put {target} from {after[starts_on]}, as {after[trade]} at {after[allocation]} %"
    ),
    "membership.changed": "changed the place of {target}",
    "membership.removed": "removed the place of {target}",
}
