from iqas.core.access import Rule, register

register(Rule("frameworks.view", model="frameworks.Framework", scope=None))
