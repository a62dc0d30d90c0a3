from iqas.core.access import Rule, register

register(Rule("indicator.view", model="organisation.Scope", scope="self"))
register(Rule("target.set", model="organisation.Scope", scope="self"))
