namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>
/// What can be said of a rule's expression without running it (validateRules, error 42210): that there is one, and that its strings and brackets
/// are closed. CEL and JSONata have those in common; their grammars are the clients' business.
/// </summary>
public static class RuleExpressions
{
    private static readonly string[] TypesWithExpressions = ["CEL", "CEL_FIELD", "JSONATA"];

    /// <summary>What is wrong with the first rule that has something wrong; null when nothing is.</summary>
    public static string? Problem(RuleSet? rules)
    {
        if (rules is null)
        {
            return null;
        }

        foreach (var rule in rules.Migration.Concat(rules.Domain).Concat(rules.Encoding))
        {
            if (!rule.IsDisabled && TypesWithExpressions.Contains(rule.Type) && Fault(rule.Expr) is { } fault)
            {
                return $"Rule '{rule.Name}' has an invalid {rule.Type} expression: {fault}";
            }
        }

        return null;
    }

    private static string? Fault(string? expression)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return "it is empty";
        }

        var open = new Stack<char>();
        for (var i = 0; i < expression.Length; i++)
        {
            var c = expression[i];
            switch (c)
            {
                case '"' or '\'' or '`':
                    i = EndOfString(expression, i);
                    if (i < 0)
                    {
                        return $"a string that begins with {c} does not end";
                    }

                    break;
                case '(' or '[' or '{':
                    open.Push(c);
                    break;
                case ')' or ']' or '}':
                    if (!open.TryPop(out var begin) || begin != (c == ')' ? '(' : c == ']' ? '[' : '{'))
                    {
                        return $"{c} at {i} closes nothing";
                    }

                    break;
            }
        }

        return open.TryPop(out var left) ? $"{left} is not closed" : null;
    }

    /// <summary>Where a string's closing quote is; -1 when there is none.</summary>
    private static int EndOfString(string text, int begin)
    {
        for (var i = begin + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[begin])
            {
                return i;
            }
        }

        return -1;
    }
}
