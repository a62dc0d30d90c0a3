from iqas.core.access import Rule, register

register(Rule("people.view", model="accounts.User", scope=None))
register(Rule("people.invite", model="organisation.Scope", scope="self"))
register(Rule("people.change", model="accounts.User", scope=None))
