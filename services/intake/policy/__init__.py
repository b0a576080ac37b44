"""The rules of intake: scope, progress as the person sees it, guesses at query codes."""
