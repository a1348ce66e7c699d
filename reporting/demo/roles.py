"""Who takes part in the demo world, and in which pod they work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody of the cast; ``key`` is how the rest of the plan calls them."""

    key: str
    role: str
    name: str
    email: str
    grade: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Place:
    """One line of a pod's roster."""

    name: str
    trade: str
    allocation: int
    seniority: str
    skills: str


INTERNAL = (
    Person("admin", "admin", "Ingrid Solheim", "admin@portal.example"),
    Person("dm", "delivery manager", "Mara Lindqvist", "dm@portal.example", "delivery_manager"),
    Person(
        "other_dm", "delivery manager of Harbour", "Jonas Weber", "dm2@portal.example",
        "delivery_manager",
    ),
    Person(
        "deputy", "deputy of Atlas", "Amara Okafor", "deputy@portal.example",
        "senior_delivery_manager",
    ),
    Person(
        "architect", "engagement architect", "Tomas Novak", "architect@portal.example",
        "engagement_architect",
    ),
    Person(
        "third_dm", "delivery manager of Cedar and Lantern", "Ines Duarte", "dm3@portal.example",
        "delivery_manager",
    ),
    Person(
        "fourth_dm", "delivery manager of Gates", "Leo Marchetti", "dm4@portal.example",
        "delivery_manager",
    ),
    Person("tech_lead", "tech lead of Atlas", "Rin Takeda", "techlead@portal.example"),
    Person(
        "director", "director of delivery", "Helen Ashworth", "director@portal.example",
        "director_of_delivery",
    ),
    Person("auditor", "auditor", "Pilar Romero", "auditor@portal.example"),
    Person("specialist", "specialist of Atlas", "Sofia Marin", "specialist@portal.example"),
    Person(
        "other_specialist", "specialist of Harbour", "Nils Berg", "specialist2@portal.example"
    ),
    Person("deactivated", "deactivated (cannot sign in)", "Viktor Dahl", "gone@portal.example"),
)  # fmt: skip

CONTACTS = {
    "Larkfield Bank": (
        Person("lead", "customer lead", "Grace Adeyemi", "lead@larkfield.example", kind="lead"),
        Person(
            "delegate",
            "customer delegate",
            "Oliver Penrose",
            "delegate@larkfield.example",
            kind="delegate",
        ),
        Person(
            "executive",
            "customer executive",
            "Ruth Calloway",
            "executive@larkfield.example",
            kind="executive",
        ),
    ),
    "Osterby Freight": (
        Person(
            "other_lead",
            "customer lead of Osterby",
            "Henrik Osterby",
            "lead@osterby.example",
            kind="lead",
        ),
    ),
    "Mirador Health": (
        Person(
            "third_lead",
            "customer lead of Mirador",
            "Nadia Farouk",
            "lead@mirador.example",
            kind="lead",
        ),
        Person(
            "third_executive",
            "customer executive of Mirador",
            "Peter Hale",
            "executive@mirador.example",
            kind="executive",
        ),
    ),
}


@dataclass(frozen=True)
class Team:
    """Who runs an engagement and in which functions, and the pod that does the work."""

    dm: str
    pod: str
    roster: tuple[Place, ...]
    held: dict[str, str]


LARCH = (
    Place("Rin Takeda", "tech_lead", 100, "principal", "Java, payments, architecture"),
    Place("Sofia Marin", "developer", 100, "senior", "Java, PostgreSQL"),
    Place("Callum Reid", "developer", 100, "mid", "TypeScript, React"),
    Place("Leila Haddad", "developer", 80, "senior", "Java, Kafka"),
    Place("Emeka Nwosu", "qa", 100, "mid", "test automation"),
    Place("Yuki Sato", "designer", 50, "senior", "interaction design"),
)
BIRCH = (
    Place("Nils Berg", "developer", 100, "senior", "Python, Django"),
    Place("Anja Kovac", "developer", 100, "mid", "Python, PostgreSQL"),
    Place("Peter Lund", "tech_lead", 100, "principal", "integration, architecture"),
    Place("Maya Fischer", "qa", 100, "mid", "exploratory testing"),
)
ROWAN = (
    Place("Ola Brandt", "tech_lead", 100, "principal", "Kotlin, cards"),
    Place("Priya Raman", "developer", 100, "senior", "Kotlin, PostgreSQL"),
    Place("Tim Oakley", "qa", 60, "mid", "test automation"),
)
ASPEN = (
    Place("Clara Neumann", "tech_lead", 100, "principal", "health records, Python"),
    Place("Diego Santos", "developer", 100, "senior", "Python, HL7"),
    Place("Hana Kim", "developer", 100, "mid", "TypeScript"),
    Place("Bea Lowe", "qa", 80, "senior", "accessibility"),
)
MAPLE = (
    Place("Goran Petrov", "tech_lead", 100, "principal", "embedded, integration"),
    Place("Lise Moreau", "developer", 100, "senior", "C++, Python"),
    Place("Sam Achebe", "developer", 100, "junior", "Python"),
)
HAZEL = (
    Place("Noor Aziz", "developer", 100, "senior", "document archives"),
    Place("Piet de Vries", "analyst", 50, "mid", "records law"),
)
