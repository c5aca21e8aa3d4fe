using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>What holds for every schema, checked on generated ones. PAIRS sets how many are tried.</summary>
public class PropertyTests
{
    private static readonly int Tries = Draws.Count(300);

    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    [Fact]
    public void A_schema_is_compatible_with_itself() => Seeds.Try(
        seed =>
        {
            var schema = Protos.Parse(ProtoMaker.Make(seed));
            Assert.Empty(Protos.Compare(schema, schema));
            Assert.Empty(Protos.Compare(schema, Protos.Parse(schema.CanonicalText)));
            Assert.True(Protos.CanRead(schema, Protos.Parse(schema.NormalizedText)));
            Assert.True(Protos.CanRead(Protos.Parse(schema.NormalizedText), schema));
        },
        Tries);

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Seeds.Try(
        seed =>
        {
            var schema = Protos.Parse(ProtoMaker.Make(seed));
            var again = Protos.Parse(schema.CanonicalText);
            Assert.Equal(schema.CanonicalText, again.CanonicalText);
            Assert.Equal(schema.NormalizedText, again.NormalizedText);
            Assert.Equal(schema.Format("serialized"), again.Format("serialized"));
        },
        Tries);

    [Fact]
    public void Normalising_twice_changes_nothing() => Seeds.Try(
        seed =>
        {
            var schema = Protos.Parse(ProtoMaker.Make(seed));
            Assert.Null(schema.NormalizationError);
            Assert.Equal(schema.NormalizedText, Protos.Parse(schema.NormalizedText).NormalizedText);
        },
        Tries);

    [Fact]
    public void Differences_turn_round_with_the_direction() => Gen.Select(Seeds, Seeds).Try(
        (one, other) =>
        {
            var (a, b) = (Protos.Parse(ProtoMaker.Make(one, isProto3: true)), Protos.Parse(ProtoMaker.Make(other, isProto3: true)));
            Assert.Equal(Turned(Protos.Compare(a, b)), Kept(Protos.Compare(b, a)));
        },
        Tries);

    /// <summary>The descriptor links, has all that the file says, and comes back as the same file.</summary>
    [Fact]
    public void Descriptors_go_and_come_back() => Seeds.Try(
        seed =>
        {
            var schema = Protos.Parse(ProtoMaker.Make(seed));
            var bytes = Convert.FromBase64String(schema.Format("serialized")!);
            var linked = FileDescriptor.BuildFromByteStrings(
            [
                ByteString.CopyFrom(TimestampReflection.Descriptor.SerializedData.Span),
                FileDescriptorProto.Descriptor.File.SerializedData,
                ByteString.CopyFrom(bytes),
            ]);
            Assert.True(linked[^1].MessageTypes.Count >= 3);
            var again = Protos.Parse(Convert.ToBase64String(bytes));
            Assert.Equal(schema.NormalizedText, again.NormalizedText);

            // Pieces of one custom option have become one by now; from here on nothing changes.
            Assert.Equal(again.Format("serialized"), Protos.Parse(again.Format("serialized")!).Format("serialized"));
            Assert.Equal(again.CanonicalText, Protos.Parse(again.CanonicalText).CanonicalText);
            Assert.True(Protos.CanRead(schema, again) && Protos.CanRead(again, schema));
        },
        Tries);

    private static List<string> Kept(IEnumerable<string> differences) => [.. differences.Where(IsTurnable).Order(StringComparer.Ordinal)];

    private static List<string> Turned(IEnumerable<string> differences) => Kept(differences.Where(IsTurnable).Select(d =>
        d.Contains("ADDED", StringComparison.Ordinal)
            ? d.Replace("ADDED", "REMOVED", StringComparison.Ordinal)
            : d.Replace("REMOVED", "ADDED", StringComparison.Ordinal)));

    /// <summary>Oneofs have other rules in each direction.</summary>
    private static bool IsTurnable(string difference) =>
        !difference.Contains("ONEOF", StringComparison.Ordinal) && !difference.Contains("/choice", StringComparison.Ordinal)
        && !difference.StartsWith("FIELD_", StringComparison.Ordinal);
}
