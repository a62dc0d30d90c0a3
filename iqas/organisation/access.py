from iqas.core.access import Rule, register

register(Rule("organisation.view", model="organisation.Scope", scope="self"))
register(Rule("organisation.change", model="organisation.Scope", scope="self"))
register(Rule("centre.view", model="organisation.Centre", scope="scope"))
