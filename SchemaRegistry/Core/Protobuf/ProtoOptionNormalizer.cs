using System.Globalization;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Makes options independent of order and spelling: sorted by their full names, assignments to parts of one option merged into one value, keys
/// sorted, numbers printed in one way. Owned by a <see cref="ProtoNormalizer"/>.
/// </summary>
internal sealed class ProtoOptionNormalizer(ProtoScopes scopes)
{
    private int _steps;

    /// <summary>The options of one element.</summary>
    /// <exception cref="ProtoFault">Resolving their names costs more than allowed.</exception>
    public IReadOnlyList<ProtoOption> Normalize(IReadOnlyList<ProtoOption> options, ProtoScope scope)
    {
        if (options.Count == 0)
        {
            return options;
        }

        var named = new List<(ProtoOption Option, bool IsRepeated)>();
        foreach (var option in options)
        {
            var found = option.IsCustom ? scopes.Extension(scope, option.Name, ref _steps) : null;

            // What cannot be found stays as it is written: without its dot it might be found the next time.
            var name = found?.FullName() ?? option.Name;
            named.Add((option with { Name = name }, found?.Extension?.Label == ProtoLabel.Repeated));
        }

        return
        [
            .. named.GroupBy(o => (o.Option.Name, o.Option.IsCustom)).OrderBy(g => g.Key.Name, StringComparer.Ordinal).ThenBy(g => g.Key.IsCustom)
                .SelectMany(g => Merge([.. g.Select(o => o.Option)], g.First().IsRepeated)),
        ];
    }

    /// <summary>A value with sorted keys, lists of one item unwrapped, numbers in one way.</summary>
    public static ProtoValue Normalize(ProtoValue value) => value.Kind switch
    {
        ProtoValueKind.Number => ProtoValue.Of(ProtoValueKind.Number, Number(value.Text)),
        ProtoValueKind.Map => ProtoValue.Map(
            [.. value.Entries.Select(e => new ProtoEntry(e.Key, Normalize(e.Value))).OrderBy(e => e.Key, StringComparer.Ordinal)]),
        ProtoValueKind.List when value.Items.Count == 1 => Normalize(value.Items[0]),
        ProtoValueKind.List => ProtoValue.List([.. value.Items.Select(Normalize)]),
        _ => value,
    };

    private static IEnumerable<ProtoOption> Merge(List<ProtoOption> options, bool isRepeated)
    {
        var isMessage = options.TrueForAll(o => o.Path is not null || o.Value.Kind == ProtoValueKind.Map);
        if (isRepeated || !isMessage || (options.Count == 1 && options[0].Path is null))
        {
            return options.Select(o => o with { Value = Normalize(o.Value) });
        }

        return [options[0] with { Path = null, Value = Normalize(Join([.. options.Select(Nest)])) }];
    }

    /// <summary>An assignment to a part as a map of the whole.</summary>
    private static ProtoValue Nest(ProtoOption option)
    {
        if (option.Path is null)
        {
            return option.Value;
        }

        var value = option.Value;
        var segments = ProtoOptionPath.Segments(option.Path);
        if (segments.Count > Limits.MaxSchemaProtobufDepth)
        {
            throw new ProtoFault($"option values are nested deeper than {Limits.MaxSchemaProtobufDepth}");
        }

        for (var i = segments.Count - 1; i >= 0; i--)
        {
            value = ProtoValue.Map([new ProtoEntry(segments[i], value)]);
        }

        return value;
    }

    /// <summary>One map of all entries. A key that several have is a map of theirs, or a list where one of them is no map.</summary>
    private static ProtoValue Join(IReadOnlyList<ProtoValue> maps) => maps.Count == 1
        ? maps[0]
        : ProtoValue.Map(
        [
            .. maps.SelectMany(m => m.Entries).GroupBy(e => e.Key, e => e.Value).Select(g => new ProtoEntry(
                g.Key,
                g.All(v => v.Kind == ProtoValueKind.Map) ? Join([.. g]) : g.Count() == 1 ? g.First() : ProtoValue.List([.. g.SelectMany(Items)]))),
        ]);

    private static IReadOnlyList<ProtoValue> Items(ProtoValue value) => value.Kind == ProtoValueKind.List ? value.Items : [value];

    /// <summary>Up to three decimals, no exponent, no grouping. What is no decimal number stays as it is written.</summary>
    private static string Number(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return text;
        }

        var rounded = decimal.Round(number, 3, MidpointRounding.ToEven);
        return rounded == 0 ? "0" : rounded.ToString("0.###", CultureInfo.InvariantCulture);
    }
}
