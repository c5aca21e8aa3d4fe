extern alias net;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;
using PeerSet = net::Google.Protobuf.Reflection.FileDescriptorSet;

namespace Tests.Registry.Protobuf;

/// <summary>Another parser of .proto files reads our schemas as we do: its descriptor, registered as .NET's client does, normalises to the same text.</summary>
public class PeerParserTests
{
    [Fact]
    public void Another_parser_makes_the_same_descriptor() => Gen.Int[0, int.MaxValue - 1].Sample(
        seed =>
        {
            var text = ProtoMaker.Make(seed);
            if (text.Contains("pairs {", StringComparison.Ordinal))
            {
                // Of messages that come several times in an option it keeps only the last one.
                return;
            }

            var ours = Protos.Parse(text);
            Assert.Equal(ours.NormalizedText, Protos.Parse(Peer(text)).NormalizedText);

            // What we print says the same to it.
            Assert.Equal(ours.NormalizedText, Protos.Parse(Peer(ours.CanonicalText)).NormalizedText);
            Assert.Equal(ours.NormalizedText, Protos.Parse(Peer(ours.NormalizedText)).NormalizedText);
        },
        iter: 100);

    private static string Peer(string text)
    {
        var set = new PeerSet();
        Assert.True(set.Add("default", true, new StringReader(text)));
        set.Process();
        Assert.True(set.GetErrors().All(e => e.IsWarning), string.Join('\n', set.GetErrors().Select(e => e.ToString())) + text);
        using var stream = new MemoryStream();
        set.Serialize(PeerSet.Serializer, stream, includeImports: false);
        var file = FileDescriptorSet.Parser.ParseFrom(stream.ToArray()).File.Single(f => f.Name == "default");
        foreach (var message in file.MessageType)
        {
            ClearJsonNames(message);
        }

        ClearJsonNames(file.Extension);
        return Convert.ToBase64String(file.ToByteArray());
    }

    /// <summary>The peer writes the JSON name of every field, as protoc does; what the file itself gives begins with a j here.</summary>
    private static void ClearJsonNames(DescriptorProto message)
    {
        ClearJsonNames(message.Field);
        ClearJsonNames(message.Extension);
        foreach (var nested in message.NestedType)
        {
            ClearJsonNames(nested);
        }
    }

    private static void ClearJsonNames(IEnumerable<FieldDescriptorProto> fields)
    {
        foreach (var field in fields.Where(f => !f.JsonName.StartsWith('j')))
        {
            field.ClearJsonName();
        }
    }
}
