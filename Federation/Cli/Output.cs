using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Federation.Cli;

/// <summary>Prints what was asked for: the API's object unchanged as JSON, or a table. Data goes to standard output, talk to standard error.</summary>
internal static class Output
{
    public const string Json = "json";
    public const string Table = "table";

    public static void Print<T>(T value, JsonTypeInfo<T> type, string format, string[] columns, IEnumerable<string[]> rows)
    {
        if (format == Json)
        {
            var pretty = new JsonWriterOptions { Indented = true };
            using var stream = Console.OpenStandardOutput();
            using (var writer = new Utf8JsonWriter(stream, pretty))
            {
                JsonSerializer.Serialize(writer, value, type);
            }

            stream.Write("\n"u8);
            return;
        }

        if (Console.IsOutputRedirected)
        {
            // No frame and no width to fit in: something reads this line by line.
            Console.Out.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', row));
            }

            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns([.. columns.Select(Markup.Escape)]);
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>One line to the person.</summary>
    public static void Say(string text) => Console.Error.WriteLine(text);
}
