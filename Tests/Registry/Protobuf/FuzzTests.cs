using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>Damaged texts and descriptors for some seconds (FUZZ_SECONDS, SEED, and FUZZ_RUN to begin at a run): a result or an error, never an exception; what is read is printed and read again.</summary>
public class FuzzTests
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", "<", ">", "(", ")", ";", "=", ",", ".", ":", "\"", "'", "\\", "/*", "*/", "//", "message ", "enum ", "oneof ", "extend ",
        "group ", "map<", "reserved ", "extensions ", "option ", "max", " to ", "-1", "0x", "99999999999", "\0", "é", "\uD800", "stream ", "returns ",
        "syntax", "edition", "import ", "package ", "service ", "rpc ", "repeated ", "optional ", "required ", "json_name", "default", "{ a: 1 }",
    ];

    [Fact]
    public void Texts() => Run((random, source) =>
    {
        var text = new StringBuilder(source);
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(128);
                    break;
                default:
                    var from = random.Next(text.Length);
                    text.Insert(at, text.ToString(from, Math.Min(random.Next(1, 60), text.Length - from)));
                    break;
            }

            if (text.Length == 0)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    });

    [Fact]
    public void Descriptors() => Run((random, source) =>
    {
        var bytes = Convert.FromBase64String(Protos.Parse(source).Format("serialized")!).ToList();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return Convert.ToBase64String([.. bytes]);
    });

    /// <summary>Descriptors that are whole but nonsense: any name, number, label and option.</summary>
    [Fact]
    public void Nonsense_in_descriptors() => Run((random, source) =>
    {
        var file = FileDescriptorProto.Parser.ParseFrom(Convert.FromBase64String(Protos.Parse(source).Format("serialized")!));
        foreach (var field in file.MessageType.SelectMany(m => m.Field).Where(_ => random.Next(4) == 0))
        {
            switch (random.Next(8))
            {
                case 0:
                    field.Number = random.Next();
                    break;
                case 1:
                    field.Type = (FieldDescriptorProto.Types.Type)random.Next(25);
                    break;
                case 2:
                    field.Label = (FieldDescriptorProto.Types.Label)random.Next(6);
                    break;
                case 3:
                    field.OneofIndex = random.Next(-2, 4);
                    break;
                case 4:
                    field.DefaultValue = Tokens[random.Next(Tokens.Length)];
                    break;
                case 5:
                    field.TypeName = "." + Tokens[random.Next(Tokens.Length)].Trim();
                    break;
                case 6:
                    field.JsonName = Tokens[random.Next(Tokens.Length)].Replace("\uD800", "x", StringComparison.Ordinal);
                    break;
                default:
                    field.Options ??= new FieldOptions();
                    field.Options.UninterpretedOption.Add(new UninterpretedOption
                    {
                        Name = { new UninterpretedOption.Types.NamePart { NamePart_ = random.Next(2) == 0 ? "a.b" : "a]", IsExtension = random.Next(2) == 0 } },
                        AggregateValue = random.Next(2) == 0 ? "{ a: 1 }" : "x } y",
                    });
                    break;
            }
        }

        file.Syntax = new[] { file.Syntax, "editions", "proto9" }[random.Next(3)];
        file.PublicDependency.Add(random.Next(-1, 9));
        return Convert.ToBase64String(file.ToByteArray());
    });

    private static void Run(Func<Random, string, string> damage)
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("FUZZ_SECONDS") ?? "3", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", CultureInfo.InvariantCulture);
        var end = DateTime.UtcNow.AddSeconds(seconds);
        var (read, refused) = (0, 0);
        var first = int.Parse(Environment.GetEnvironmentVariable("FUZZ_RUN") ?? "0", CultureInfo.InvariantCulture);
        for (var i = first; DateTime.UtcNow < end || read == 0; i++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + i));
            var source = ProtoMaker.Make(random.Next());
            var text = damage(random, source);
            var result = Protos.Language.Parse(SchemaSource.Of(text), ParseRules.Register);
            if (result.Schema is null)
            {
                refused++;
                Assert.False(string.IsNullOrEmpty(result.Error));
                continue;
            }

            read++;
            var (schema, original) = (result.Schema, Protos.Parse(source));
            var again = Protos.Language.Parse(SchemaSource.Of(schema.CanonicalText), ParseRules.Lookup);
            Assert.True(again.Schema?.CanonicalText == schema.CanonicalText, $"run {i} of seed {seed}: {again.Error}\n{text}\n{schema.CanonicalText}");
            Assert.NotNull(schema.Format("ignore_extensions"));
            Assert.NotNull(schema.Format("serialized"));
            _ = Protos.Compare(schema, original);
            _ = Protos.Compare(original, schema);
            if (schema.NormalizationError is null)
            {
                var normal = Protos.Language.Parse(SchemaSource.Of(schema.NormalizedText), ParseRules.Lookup);
                Assert.True(normal.Schema?.NormalizedText == schema.NormalizedText, $"run {i} of seed {seed}: {normal.Error}\n{text}\n{schema.NormalizedText}");
            }
        }

        Assert.True(refused > 0);
    }
}
