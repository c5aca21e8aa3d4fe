using System.Globalization;
using Kernel;

namespace Broker.Core.Configs;

/// <summary>
/// Settings as lines of text: name, type, default (- for none, "" for empty), then r (read-only), d (dynamic) or p (dynamic, per broker
/// only), then perhaps the smallest and the largest legal value. Broken lines are programming errors.
/// </summary>
internal static class ConfigTable
{
    public static IEnumerable<ConfigDefinition> Parse(string table)
    {
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cells = line.Split(' ');
            Ensure.That(cells.Length is >= 4 and <= 6, "a line of a config table has four to six cells");
            yield return new ConfigDefinition(cells[0], TypeOf(cells[1]), cells[2] switch { "-" => null, "\"\"" => "", var text => text }, RuleOf(cells))
            {
                IsReadOnly = cells[3] == "r",
                IsPerBroker = cells[3] == "p",
            };
        }
    }

    private static ConfigRule RuleOf(string[] cells)
    {
        if (cells.Length < 5)
        {
            return ConfigRule.Any;
        }

        var min = long.Parse(cells[4], CultureInfo.InvariantCulture);
        var max = cells.Length > 5 ? long.Parse(cells[5], CultureInfo.InvariantCulture) : long.MaxValue;
        return cells[1] == "DOUBLE" ? ConfigRule.BetweenFractions(min, max) : ConfigRule.Between(min, max);
    }

    private static ConfigType TypeOf(string word) => word switch
    {
        "BOOLEAN" => ConfigType.Boolean,
        "STRING" => ConfigType.String,
        "INT" => ConfigType.Int,
        "SHORT" => ConfigType.Short,
        "LONG" => ConfigType.Long,
        "DOUBLE" => ConfigType.Double,
        "LIST" => ConfigType.List,
        "CLASS" => ConfigType.Class,
        "PASSWORD" => ConfigType.Password,
        _ => throw new InvariantBrokenException($"unknown type of setting {word}"),
    };
}
