using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Tests.World.Harness;

/// <summary>An unmodified Kafka client behind two verbs.</summary>
internal interface IClientUnderTest
{
    /// <summary>Writes all records, returns when all are acknowledged.</summary>
    Task ProduceAsync(string bootstrap, string topic, IReadOnlyList<KeyedRecord> records);

    /// <summary>Reads all partitions from the beginning, exactly so many records, ordered by partition and offset.</summary>
    Task<List<ReadRecord>> ConsumeAsync(string bootstrap, string topic, int count);
}

/// <summary>Confluent.Kafka for .NET, in this process.</summary>
internal sealed class DotNetClient : IClientUnderTest
{
    public async Task ProduceAsync(string bootstrap, string topic, IReadOnlyList<KeyedRecord> records)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap, EnableIdempotence = true, CompressionType = CompressionType.Zstd }).Build();
        var acks = new List<Task<DeliveryResult<string, string>>>(records.Count);
        foreach (var record in records)
        {
            var message = new Message<string, string> { Key = record.Key, Value = record.Value, Headers = [new Header("client", "dotnet"u8.ToArray())] };
            acks.Add(producer.ProduceAsync(topic, message));
            if (acks.Count % 20_000 == 0)
            {
                await Task.WhenAll(acks);
            }
        }

        await Task.WhenAll(acks);
    }

    public Task<List<ReadRecord>> ConsumeAsync(string bootstrap, string topic, int count)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = $"world-dotnet-{Guid.NewGuid():N}", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Subscribe(topic);
        var read = new List<ReadRecord>(count);
        while (read.Count < count)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new InvalidOperationException($"only {read.Count} of {count} records came");
            var headers = string.Join(',', result.Message.Headers.Select(h => $"{h.Key}={Convert.ToBase64String(h.GetValueBytes())}"));
            read.Add(new ReadRecord(result.Partition.Value, result.Offset.Value, result.Message.Timestamp.UnixTimestampMs,
                Convert.ToBase64String(result.Message.Key), Convert.ToBase64String(result.Message.Value), headers));
        }

        consumer.Close();
        return Task.FromResult(read.OrderBy(r => r.Partition).ThenBy(r => r.Offset).ToList());
    }
}

/// <summary>A client script of Tests/World/clients.</summary>
internal sealed class ScriptClient(string program, string script, IReadOnlyDictionary<string, string>? environment = null) : IClientUnderTest
{
    public static string Folder { get; } = FindFolder();

    public async Task ProduceAsync(string bootstrap, string topic, IReadOnlyList<KeyedRecord> records)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, records.Select(r => JsonSerializer.Serialize(new { k = r.Key, v = r.Value })));
            await Run.AsyncOk(program, [Path.Combine(Folder, script), "produce", bootstrap, topic, file], null, environment);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async Task<List<ReadRecord>> ConsumeAsync(string bootstrap, string topic, int count) =>
        ReadRecord.Parse(await Run.AsyncOk(program, [Path.Combine(Folder, script), "consume", bootstrap, topic, $"{count}"], null, environment));

    private static string FindFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Federation.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Federation.sln not found above the tests");
        }

        return Path.Combine(folder, "Tests", "World", "clients");
    }
}

/// <summary>kcat, as people use it in a shell.</summary>
internal sealed class KcatClient(string program) : IClientUnderTest
{
    private const string Separator = "\u0001";

    public Task ProduceAsync(string bootstrap, string topic, IReadOnlyList<KeyedRecord> records) =>
        Run.AsyncOk(
            program,
            ["-P", "-b", bootstrap, "-t", topic, "-K", Separator, "-H", "client=kcat", "-X", "acks=all", "-z", "snappy"],
            string.Concat(records.Select(r => $"{r.Key}{Separator}{r.Value}\n")),
            environment: null);

    public async Task<List<ReadRecord>> ConsumeAsync(string bootstrap, string topic, int count)
    {
        var text = await Run.AsyncOk(program, ["-C", "-b", bootstrap, "-t", topic, "-o", "beginning", "-c", $"{count}", "-q", "-f", $"%p\t%o\t%T\t%k\t%s\t%h\\n"]);
        var read = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Select(f => new ReadRecord(int.Parse(f[0], CultureInfo.InvariantCulture), long.Parse(f[1], CultureInfo.InvariantCulture), long.Parse(f[2], CultureInfo.InvariantCulture), Base64(f[3]), Base64(f[4]), Headers(f[5])))
            .OrderBy(r => r.Partition).ThenBy(r => r.Offset).ToList();
        return read.Count == count ? read : throw new InvalidOperationException($"{read.Count} of {count} records came");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Headers(string text) =>
        string.Join(',', text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(h => h.Split('=', 2)).Select(h => $"{h[0]}={Base64(h[1])}"));
}

/// <summary>Java's console tools, from Apache Kafka's own distribution.</summary>
internal sealed class JavaConsoleClient(string bin) : IClientUnderTest
{
    public Task ProduceAsync(string bootstrap, string topic, IReadOnlyList<KeyedRecord> records) =>
        Run.AsyncOk(
            Path.Combine(bin, "kafka-console-producer.sh"),
            [
                "--bootstrap-server", bootstrap, "--topic", topic, "--compression-codec", "gzip",
                "--reader-property", "parse.key=true", "--reader-property", "parse.headers=true", "--reader-property", "key.separator=\u0001", "--reader-property", "headers.delimiter=\u0002",
            ],
            string.Concat(records.Select(r => $"client:java\u0002{r.Key}\u0001{r.Value}\n")),
            environment: null);

    public async Task<List<ReadRecord>> ConsumeAsync(string bootstrap, string topic, int count)
    {
        var text = await Run.AsyncOk(
            Path.Combine(bin, "kafka-console-consumer.sh"),
            [
                "--bootstrap-server", bootstrap, "--topic", topic, "--from-beginning", "--max-messages", $"{count}", "--timeout-ms", "60000",
                "--formatter-property", "print.partition=true", "--formatter-property", "print.offset=true", "--formatter-property", "print.timestamp=true",
                "--formatter-property", "print.key=true", "--formatter-property", "print.headers=true", "--formatter-property", "key.separator=\t",
            ]);
        var read = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("CreateTime:", StringComparison.Ordinal)).Select(Parse)
            .OrderBy(r => r.Partition).ThenBy(r => r.Offset).ToList();
        return read.Count == count ? read : throw new InvalidOperationException($"{read.Count} of {count} records came");
    }

    // CreateTime:1700000000000 <tab> Partition:0 <tab> Offset:17 <tab> client:java <tab> key <tab> value
    private static ReadRecord Parse(string line)
    {
        var f = line.Split('\t', 6);
        var headers = string.Join(',', f[3].Split(',').Where(h => h.Contains(':')).Select(h => h.Split(':', 2)).Select(h => $"{h[0]}={Base64(h[1])}"));
        return new ReadRecord(int.Parse(f[1].Split(':')[1]), long.Parse(f[2].Split(':')[1]), long.Parse(f[0].Split(':')[1]), Base64(f[4]), Base64(f[5]), headers);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
