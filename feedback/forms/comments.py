from django import forms


class CommentDecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("show", ""), ("withhold", "")])
