namespace SchemaRegistry.Core.Protobuf;

/// <summary>Prints options and their values into a printer's text.</summary>
internal readonly struct ProtoValuePrinter(ProtoText text)
{
    /// <summary>Options in brackets: one on the line, several on lines of their own, none as nothing.</summary>
    public void Bracketed(IReadOnlyList<ProtoOption> options)
    {
        if (options.Count == 0)
        {
            return;
        }

        text.Add(" [");
        if (options.Count == 1)
        {
            Option(options[0]);
        }
        else
        {
            text.Line();
            text.Indent++;
            for (var i = 0; i < options.Count; i++)
            {
                Option(options[i]);
                text.Add(i < options.Count - 1 ? "," : "").Line();
            }

            text.Indent--;
        }

        text.Add("]");
    }

    /// <summary>Name, equals sign and value.</summary>
    public void Option(ProtoOption option)
    {
        text.Add(option.IsCustom ? "(" : "").Add(option.Name).Add(option.IsCustom ? ")" : "");
        if (option.Path is not null)
        {
            text.Add(".").Add(option.Path);
        }

        text.Add(" = ");
        Value(option.Value);
    }

    public void Value(ProtoValue value)
    {
        switch (value.Kind)
        {
            case ProtoValueKind.String:
                text.Quoted(value.Text);
                break;
            case ProtoValueKind.Map:
                text.Add("{").Line();
                text.Indent++;
                for (var i = 0; i < value.Entries.Count; i++)
                {
                    text.Add(value.Entries[i].Key).Add(": ");
                    Value(value.Entries[i].Value);
                    text.Add(i < value.Entries.Count - 1 ? "," : "").Line();
                }

                text.Indent--;
                text.Add("}");
                break;
            case ProtoValueKind.List:
                text.Add("[").Line();
                text.Indent++;
                for (var i = 0; i < value.Items.Count; i++)
                {
                    Value(value.Items[i]);
                    text.Add(i < value.Items.Count - 1 ? "," : "").Line();
                }

                text.Indent--;
                text.Add("]");
                break;
            default:
                text.Add(value.Text);
                break;
        }
    }
}
