using BenchmarkDotNet.Attributes;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Loadtests.Micro;

/// <summary>The generated reader and writer, on the two messages that a consumer group sends all the time.</summary>
public class MessageCodec
{
    private const short Version = 12;
    private byte[] _metadata = [];
    private MetadataResponse _message = new();

    [Params(1, 1000)]
    public int Topics { get; set; }

    [GlobalSetup]
    public void MakeMessage()
    {
        _message = new MetadataResponse
        {
            ClusterId = "bench",
            Brokers = [new() { NodeId = 1, Host = "localhost", Port = 9092 }],
            Topics =
            [
                .. Enumerable.Range(0, Topics).Select(t => new MetadataResponse.MetadataResponseTopic
                {
                    Name = $"topic-{t}",
                    Partitions = [.. Enumerable.Range(0, 6).Select(p => new MetadataResponse.MetadataResponseTopic.MetadataResponsePartition { PartitionIndex = p, LeaderId = 1, ReplicaNodes = [1], IsrNodes = [1] })],
                }),
            ],
        };
        using var writer = new FrameWriter();
        _message.Write(writer, Version);
        _metadata = writer.ToArray();
    }

    [Benchmark]
    public int Write()
    {
        using var writer = new FrameWriter();
        _message.Write(writer, Version);
        return writer.TotalBytes;
    }

    [Benchmark]
    public int Read()
    {
        var reader = new WireReader(_metadata);
        var message = new MetadataResponse();
        message.Read(ref reader, Version);
        return message.Topics.Count;
    }
}
