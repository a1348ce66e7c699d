"""Why a mail did not leave, as an admin reads it; what the server said stands beside it."""

# By the first word of what was noted: the server's code, or the name of our own error.
PROBLEMS = {
    "421": "The mail server was busy and hung up.",
    "450": "The mailbox was busy.",
    "451": "The mail server had a problem of its own.",
    "452": "The mailbox was full for the moment.",
    "550": "The mail server knows no such mailbox, or does not take mails for it.",
    "551": "The mailbox has moved elsewhere.",
    "552": "The mailbox is full, or the mail is too big for it.",
    "553": "The mail server does not allow this address.",
    "554": "The mail server took it for unwanted.",
    "Deactivated:": "The person was deactivated before it left.",
    "Ended:": "It tells of an engagement whose pages the person does not see any more.",
    "Invitation:": "The invitation was used, taken back or over before it left.",
    "ConnectionRefusedError:": "Nothing answers where the mail server should be (EMAIL_URL).",
    "ConnectionResetError:": "The mail server hung up.",
    "SMTPAuthenticationError:": "The mail server does not let us in: see EMAIL_URL.",
    "SMTPConnectError:": "The mail server did not want to talk to us.",
    "SMTPHeloError:": "The mail server did not want to talk to us.",
    "SMTPNotSupportedError:": "The mail server cannot do what EMAIL_URL asks of it.",
    "SMTPSenderRefused:": "The mail server does not take mails from DEFAULT_FROM_EMAIL.",
    "SMTPServerDisconnected:": "The mail server hung up.",
    "SSLCertVerificationError:": "The certificate of the mail server is not valid.",
    "SSLError:": "The mail server and we found no way to talk secretly (EMAIL_URL).",
    "TimeoutError:": "The mail server did not answer in time.",
    "Unwritable:": "It cannot be written as a mail.",
    "Whoever": "The portal died each time that it sent it.",
    "gaierror:": "No mail server has this name (EMAIL_URL).",
}
FOR_GOOD = "The mail server refused it for good."
FOR_NOW = "The mail server could not take it yet."
UNKNOWN = "It could not be handed to the mail server."


def problem_words(error: str) -> str:
    """What stands in the way, in words; empty where nothing does."""
    code = problem_of(error)
    if not code:
        return ""
    known = PROBLEMS.get(code)
    if known or not code.isdigit():
        return known or UNKNOWN
    return FOR_GOOD if code.startswith("5") else FOR_NOW


def problem_of(error: str) -> str:
    """The first word of what was noted: mails that share it failed alike."""
    return error.partition(" ")[0]
