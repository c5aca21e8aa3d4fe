using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>Reads options and their values, with the text format's maps and lists. Shares reader and budget with the parser that owns it.</summary>
internal sealed class ProtoOptionReader(ProtoReader reader, ProtoBudget budget)
{
    /// <summary>The options in brackets after a field; none without brackets.</summary>
    public List<ProtoOption> Bracketed()
    {
        var options = new List<ProtoOption>();
        if (!reader.Take('['))
        {
            return options;
        }

        while (true)
        {
            options.Add(Option());
            if (reader.Take(']'))
            {
                return options;
            }

            reader.Require(',');
        }
    }

    /// <summary>The rest of an option statement, up to its semicolon.</summary>
    public ProtoOption Statement()
    {
        var option = Option();
        reader.Require(';');
        return option;
    }

    /// <summary>One assignment: name, equals sign and value.</summary>
    public ProtoOption Option()
    {
        budget.Count();
        var isCustom = reader.Take('(');
        var name = reader.Word("an option's name");
        string? path = null;
        if (isCustom)
        {
            reader.Require(')');
            while (reader.Peek() is '.' or '(')
            {
                var segment = Segment();
                budget.Count(segment.Count('.'));
                path += segment;
                if (path.Length > Limits.MaxSchemaProtobufNameChars)
                {
                    throw reader.Fault($"a name of more than {Limits.MaxSchemaProtobufNameChars} characters");
                }
            }
        }
        else if (reader.Peek() == '(' && name.EndsWith('.'))
        {
            throw reader.Fault("an extension within an option that is none itself");
        }

        if (path is not null && path.Contains("..", StringComparison.Ordinal))
        {
            throw reader.Fault("a name without letters within an option's name");
        }

        reader.Require('=');
        return new ProtoOption(name, isCustom, path?[1..], Value(0));
    }

    private string Segment()
    {
        if (reader.Take('('))
        {
            var name = reader.Word();
            reader.Require(')');
            return $".({name})";
        }

        // A word takes its dots with it: ".a.b" is one, and so is the "." before a parenthesis.
        var word = reader.Word();
        if (word == "." && reader.Peek() == '(')
        {
            reader.Require('(');
            word = $".({reader.Word()})";
            reader.Require(')');
            return word;
        }

        word = word.TrimEnd('.');
        return word.StartsWith('.') && word.Length > 1 ? word : throw reader.Fault("expected '=' in option");
    }

    /// <summary>A value of any kind.</summary>
    public ProtoValue Value(int depth)
    {
        budget.Count();
        if (depth > Limits.MaxSchemaProtobufDepth)
        {
            throw reader.Fault($"option values are nested deeper than {Limits.MaxSchemaProtobufDepth}");
        }

        var next = reader.Peek();
        switch (next)
        {
            case '{' or '<':
                reader.Require(next);
                return Map(depth, next == '{' ? '}' : '>');
            case '[':
                reader.Require('[');
                return List(depth);
            case '"' or '\'':
                return ProtoValue.Of(ProtoValueKind.String, reader.Quoted());
            case '-' or '+' or (>= '0' and <= '9') or '.':
                return ProtoValue.Of(ProtoValueKind.Number, reader.Number());
            default:
                var word = reader.Word();
                return ProtoValue.Of(word is "true" or "false" ? ProtoValueKind.Boolean : ProtoValueKind.Enum, word);
        }
    }

    /// <summary>Keys and values. A key that comes again makes a list of its values, as a repeated field's do.</summary>
    private ProtoValue Map(int depth, char close)
    {
        var entries = new List<ProtoEntry>();
        var places = new Dictionary<string, int>();
        var lists = new Dictionary<int, List<ProtoValue>>();
        while (!reader.Take(close))
        {
            var key = reader.Peek() == '[' ? reader.Bracketed() : reader.Word("a key");
            if (!reader.Take(':') && reader.Peek() is not ('{' or '<'))
            {
                throw reader.Fault("expected ':' in option");
            }

            var value = Value(depth + 1);
            if (places.TryAdd(key, entries.Count))
            {
                entries.Add(new ProtoEntry(key, value));
            }
            else
            {
                Repeat(places[key], value);
            }

            _ = reader.Take(',') || reader.Take(';');
        }

        foreach (var (place, items) in lists)
        {
            entries[place] = new ProtoEntry(entries[place].Key, ProtoValue.List(items));
        }

        return ProtoValue.Map(entries);

        void Repeat(int place, ProtoValue value)
        {
            if (!lists.TryGetValue(place, out var items))
            {
                var first = entries[place].Value;
                lists[place] = items = first.Kind == ProtoValueKind.List ? [.. first.Items] : [first];
            }

            if (value.Kind == ProtoValueKind.List)
            {
                items.AddRange(value.Items);
            }
            else
            {
                items.Add(value);
            }
        }
    }

    private ProtoValue List(int depth)
    {
        var items = new List<ProtoValue>();
        while (!reader.Take(']'))
        {
            items.Add(Value(depth + 1));
            if (!reader.Take(',') && reader.Peek() != ']')
            {
                throw reader.Fault("expected ',' or ']'");
            }
        }

        return ProtoValue.List(items);
    }
}
