using CsCheck;
using Kernel.Machines;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using Tests.Registry.Avro;
using Tests.Registry.Harness;
using Tests.Registry.JsonSchema;
using Tests.Registry.Protobuf;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>
/// BACKWARD(a, b) = FORWARD(b, a) as the registry answers it, for each language: that b may follow a under BACKWARD says the same as that a may follow
/// b under FORWARD, in the same sentences with "new" and "old" exchanged. PAIRS sets how many are tried.
/// </summary>
public class DirectionTests
{
    private static readonly int Pairs = Draws.Count(500);

    [Fact]
    public void Avro() => Gen.Select(SchemaGenerator.Gen, SchemaGenerator.Gen).Try((a, b) => Same(SchemaType.Avro, a, b), Pairs);

    [Fact]
    public void Avro_that_is_near() => SchemaPairs.Gen.Try(pair => Same(SchemaType.Avro, pair.Writer, pair.Reader), Pairs);

    [Fact]
    public void Protobuf() => Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Int[0, int.MaxValue - 1]).Try(
        (a, b) => Same(SchemaType.Protobuf, ProtoMaker.Make(a, isProto3: true), ProtoMaker.Make(b, isProto3: true)), Pairs);

    [Fact]
    public void Json() => Gen.Select(AnySchemas.Gen, AnySchemas.Gen).Try((a, b) => Same(SchemaType.Json, a, b), Pairs);

    private static bool Same(SchemaType type, string a, string b)
    {
        var backward = Messages(type, a, b, CompatibilityLevel.Backward);
        var forward = Messages(type, b, a, CompatibilityLevel.Forward);
        return backward.Select(Exchanged).SequenceEqual(forward);
    }

    /// <summary>What the registry says of a schema that is to follow another one, without what it says of the earlier one as a whole.</summary>
    private static List<string> Messages(SchemaType type, string earlier, string next, CompatibilityLevel level)
    {
        var ledger = new RegistryLedger(SchemaLanguages.Of, new RegistrySettings());
        var written = ledger.Decide(new RegisterSchema("s", new SchemaRequest { Text = earlier, Type = type.Name() }, Normalize: false, Force: false), default);
        foreach (var record in written.Records)
        {
            ledger.Apply(record);
        }

        var config = new RegistryConfig { Level = level };
        var candidate = ledger.Parser.Parse(
            ledger.Image, ".", new SchemaRequest { Text = next, Type = type.Name() }, normalize: false, ParseRules.Register);
        var versions = CompatibilityCheck.Earlier(ledger.Image.Subject(new SubjectName(".", "s")), config, null);
        Assert.NotEmpty(versions);
        return
        [
            .. CompatibilityCheck.Problems(ledger.Image, ledger.Parser, candidate, versions, config).Where(problem =>
                !problem.StartsWith("{oldSchema", StringComparison.Ordinal) && !problem.StartsWith("{validateFields", StringComparison.Ordinal)),
        ];
    }

    private static string Exchanged(string message) => message
        .Replace("The new ", "The \0 ", StringComparison.Ordinal).Replace(" the new ", " the \0 ", StringComparison.Ordinal).Replace("and new ", "and \0 ", StringComparison.Ordinal)
        .Replace("The old ", "The new ", StringComparison.Ordinal).Replace(" the old ", " the new ", StringComparison.Ordinal).Replace("and old ", "and new ", StringComparison.Ordinal)
        .Replace("\0", "old", StringComparison.Ordinal);
}
