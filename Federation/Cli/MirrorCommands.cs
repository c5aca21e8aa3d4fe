using System.CommandLine;
using Protocol.Contracts.Control;

namespace Federation.Cli;

/// <summary>`fed mirror …`: how far copies are.</summary>
internal static class MirrorCommands
{
    public static Command Build()
    {
        var topic = new Option<string?>("--topic") { Description = "Of this topic alone" };
        var tenant = new Option<string?>("--tenant") { Description = "Of this tenant alone" };
        var status = new Command("status", "State and lag of every mirrored partition, seen from where its copy stands") { topic, tenant };
        status.Aliases.Add("list");
        status.Does(async (client, parsed, format, cancel) =>
        {
            var query = new List<string>();
            if (parsed.GetValue(topic) is { } name)
            {
                query.Add($"topic={Uri.EscapeDataString(name)}");
            }

            if (parsed.GetValue(tenant) is { } whose)
            {
                query.Add($"tenant={Uri.EscapeDataString(whose)}");
            }

            var path = query.Count == 0 ? "/v1/mirrors" : $"/v1/mirrors?{string.Join('&', query)}";
            var (mirrors, code) = await client.GetAsync(path, ControlJson.Default.MirrorList, cancel).ConfigureAwait(false);
            if (mirrors.Mirrors.Length == 0 && parsed.GetValue(topic) is { } missing
                && !await IsMirroredAsync(client, missing, parsed.GetValue(tenant), cancel).ConfigureAwait(false))
            {
                throw new CliException($"there is no mirrored topic {missing}", ExitCode.NotFound);
            }

            Output.Print(mirrors, ControlJson.Default.MirrorList, format,
                ["TENANT", "TOPIC", "PARTITION", "FROM", "TO", "STATE", "SOURCE END", "COPY END", "LAG", "LAG MS", "ERROR"],
                mirrors.Mirrors.Select(Row));
            return code;
        });
        return new Command("mirror", "Copies in other regions") { status };
    }

    /// <summary>Whether the topic has copies, of which nothing is known perhaps.</summary>
    private static async Task<bool> IsMirroredAsync(ControlClient client, string topic, string? tenant, CancellationToken cancel)
    {
        var path = tenant is null ? "/v1/topics" : $"/v1/topics?tenant={Uri.EscapeDataString(tenant)}";
        var (topics, _) = await client.GetAsync(path, ControlJson.Default.TopicList, cancel).ConfigureAwait(false);
        return topics.Topics.Any(t => t.Name == topic && t.Mirrors.Length > 0);
    }

    private static string[] Row(MirrorResource m) =>
        [m.Tenant, m.Topic, $"{m.Partition}", m.Source, m.Region, m.State, Known(m.SourceLogEnd), Known(m.CopyLogEnd), Known(m.LagRecords), Known(m.LagMs), m.Error ?? ""];

    private static string Known(long number) => number < 0 ? "?" : $"{number}";
}
