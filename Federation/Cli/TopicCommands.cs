using System.CommandLine;
using Protocol.Contracts.Control;

namespace Federation.Cli;

/// <summary>`fed topic …`: federated topics.</summary>
internal static class TopicCommands
{
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "Whose topics; demo unless said otherwise" };
    private static readonly Argument<string> Name = new("name") { Description = "The topic" };

    public static Command Build()
    {
        var topic = new Command("topic", "Federated topics: one home that takes writes, copies at identical offsets elsewhere");
        topic.Aliases.Add("topics");
        topic.Add(Create());
        topic.Add(List());
        topic.Add(Describe());
        topic.Add(Delete());
        return topic;
    }

    private static Command Create()
    {
        var partitions = new Option<int>("--partitions", "-p")
        {
            Description = "How many",
            DefaultValueFactory = _ => 1,
            CustomParser = NumberOption.Read,
        };
        var home = new Option<string?>("--home") { Description = "The region that takes writes; the one that is asked unless said otherwise" };
        var mirror = new Option<string[]>("--mirror") { Description = "Regions with a copy, repeated or separated by commas", AllowMultipleArgumentsPerToken = true };
        var config = new Option<string[]>("--config", "-c") { Description = "name=value, repeated", AllowMultipleArgumentsPerToken = true };
        var adopt = new Option<bool>("--adopt") { Description = "Take over a topic that the home's cluster has already, with its records" };
        return new Command("create", "Makes a topic and waits until its home and its copies stand") { Name, partitions, home, mirror, config, adopt, Tenant }
            .Does(async (client, parsed, format, cancel) =>
            {
                var body = new CreateTopicBody
                {
                    Name = parsed.GetValue(Name),
                    Partitions = parsed.GetValue(partitions),
                    Home = parsed.GetValue(home),
                    Mirrors = [.. (parsed.GetValue(mirror) ?? []).SelectMany(m => m.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                    Configs = Pairs(parsed.GetValue(config) ?? []),
                    Tenant = parsed.GetValue(Tenant),
                    Adopt = parsed.GetValue(adopt),
                };
                var (made, code) = await client.PostAsync("/v1/topics", body, ControlJson.Default.CreateTopicBody, ControlJson.Default.TopicResource, cancel).ConfigureAwait(false);
                Print(made, format);
                if (code == ExitCode.Partial)
                {
                    Output.Say($"fed: not yet everywhere: {made.Reason}");
                }

                return code;
            });
    }

    private static Command List()
    {
        var list = new Command("list", "All topics") { Tenant };
        list.Aliases.Add("get");
        return list.Does(async (client, parsed, format, cancel) =>
        {
            var tenant = parsed.GetValue(Tenant);
            var path = tenant is null ? "/v1/topics" : $"/v1/topics?tenant={Uri.EscapeDataString(tenant)}";
            var (topics, code) = await client.GetAsync(path, ControlJson.Default.TopicList, cancel).ConfigureAwait(false);
            Output.Print(topics, ControlJson.Default.TopicList, format, Columns, topics.Topics.Select(Row));
            return code;
        });
    }

    private static Command Describe() =>
        new Command("describe", "One topic") { Name, Tenant }.Does(async (client, parsed, format, cancel) =>
        {
            var (topic, code) = await client.GetAsync(PathOf(parsed), ControlJson.Default.TopicResource, cancel).ConfigureAwait(false);
            Print(topic, format);
            return code;
        });

    private static Command Delete()
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        return new Command("delete", "Removes a topic and its records in all regions") { Name, Tenant, yes }.Does(async (client, parsed, format, cancel) =>
        {
            if (!parsed.GetValue(yes) && !IsSure(parsed.GetValue(Name)!))
            {
                return ExitCode.Error;
            }

            var (topic, code) = await client.DeleteAsync(PathOf(parsed), ControlJson.Default.TopicResource, cancel).ConfigureAwait(false);
            Output.Say(code == ExitCode.Partial ? $"fed: {topic.Name} is given up; some region has yet to remove it"
                : topic.Mirrors.Length == 0 ? $"{topic.Name} is deleted"
                : $"{topic.Name} is deleted, and no copy of it is left in {string.Join(", ", topic.Mirrors)}");
            return code;
        });
    }

    private static bool IsSure(string name)
    {
        if (Console.IsInputRedirected)
        {
            Output.Say("fed: nobody to ask; say --yes to delete");
            return false;
        }

        Console.Error.Write($"Type {name} to delete it and its records in all regions: ");
        return Console.ReadLine() == name;
    }

    private static string PathOf(ParseResult parsed)
    {
        var path = $"/v1/topics/{Uri.EscapeDataString(parsed.GetValue(Name)!)}";
        return parsed.GetValue(Tenant) is { } tenant ? $"{path}?tenant={Uri.EscapeDataString(tenant)}" : path;
    }

    private static Dictionary<string, string> Pairs(string[] texts)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new CliException($"--config {text}: name=value is expected", ExitCode.Usage);
            }

            if (!pairs.TryAdd(text[..at], text[(at + 1)..]))
            {
                throw new CliException($"--config {text}: {text[..at]} is set twice", ExitCode.Usage);
            }
        }

        return pairs;
    }

    private static readonly string[] Columns = ["TENANT", "NAME", "PARTITIONS", "HOME", "MIRRORS", "STATE"];

    private static string[] Row(TopicResource t) =>
        [t.Tenant, t.Name, $"{t.Partitions}", t.Home, t.Mirrors.Length == 0 ? "-" : string.Join(',', t.Mirrors), t.Reason is null ? t.State : $"{t.State}: {t.Reason}"];

    private static void Print(TopicResource topic, string format) => Output.Print(topic, ControlJson.Default.TopicResource, format, Columns, [Row(topic)]);
}
