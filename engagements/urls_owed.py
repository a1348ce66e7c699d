"""Routes of what is owed between us and a customer."""

from django.urls import URLPattern, path

from engagements.views import asks

ENGAGEMENT = "engagements/<ref:ref>/"
ASK = f"{ENGAGEMENT}asks/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{ENGAGEMENT}asks/", asks.ask_list, name="ask_list"),
    path(f"{ENGAGEMENT}asks/new/", asks.ask_create, name="ask_create"),
    path(ASK, asks.ask_detail, name="ask_detail"),
    path(f"{ASK}edit/", asks.ask_edit, name="ask_edit"),
    path(f"{ASK}sharing/", asks.ask_sharing, name="ask_sharing"),
    path(f"{ASK}withdrawal/", asks.ask_withdrawal, name="ask_withdrawal"),
]
