using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Federation.Cli;

/// <summary>Prints what was asked for: the API's object unchanged as JSON, or a table. Data goes to standard output, talk to standard error.</summary>
internal static class Output
{
    public const string Json = "json";
    public const string Table = "table";

    // What schemas and messages hold is for people too: only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print<T>(T value, JsonTypeInfo<T> type, string format, string[] columns, IEnumerable<string[]> rows) =>
        Print(value, type, format, columns, rows, Console.Out);

    /// <param name="to">Anything but the console's own output counts as redirected.</param>
    public static void Print<T>(T value, JsonTypeInfo<T> type, string format, string[] columns, IEnumerable<string[]> rows, TextWriter to)
    {
        if (format == Json)
        {
            PrintJson(value, type, to);
            return;
        }

        if (!IsTerminal(to))
        {
            // No frame and no width to fit in: something reads this line by line.
            to.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
            {
                to.WriteLine(string.Join('\t', row));
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

    /// <summary>Prints JSON, indented.</summary>
    public static void PrintJson<T>(T value, JsonTypeInfo<T> type, TextWriter to)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Pretty))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        stream.Write("\n"u8);
        if (to == Console.Out)
        {
            // JSON is UTF-8, whatever the console's own encoding is.
            using var output = Console.OpenStandardOutput();
            stream.WriteTo(output);
            return;
        }

        to.Write(System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>Somebody looks at it: colours and frames are of use.</summary>
    public static bool IsTerminal(TextWriter to) => to == Console.Out && !Console.IsOutputRedirected;

    /// <summary>A line, in a colour where somebody looks at it and NO_COLOR is not set.</summary>
    public static void Line(TextWriter to, string text, string? colour = null)
    {
        if (colour is null || !IsTerminal(to))
        {
            to.WriteLine(text);
            return;
        }

        AnsiConsole.MarkupLine($"[{colour}]{Markup.Escape(text)}[/]");
    }

    /// <summary>One line to the person.</summary>
    public static void Say(string text) => Console.Error.WriteLine(text);
}
