using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>Input that would cost too much or means harm: an error, no exception, no memory.</summary>
public class BadInputTests
{
    [Fact]
    public void Ten_megabytes_are_refused()
    {
        Assert.Contains("characters", Protos.Error(new string(' ', 10_000_000)), StringComparison.Ordinal);
        Assert.Contains("characters", Protos.Error(new string('A', 10_000_000)), StringComparison.Ordinal);
        var references = Enumerable.Range(0, 10).Select(i => Protos.Reference($"{i}.proto", "//" + new string('x', 900_000))).ToArray();
        Assert.Contains("References are more than", Protos.Error("message M {}", references), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message M { ", 75_000)]
    [InlineData("message M { optional group G = 1 { ", 25_000)]
    [InlineData("option a = { a ", 50_000)]
    [InlineData("option a = [", 80_000)]
    [InlineData("option a = { b: [{ c < d: ", 40_000)]
    [InlineData("message M { extend M { optional group G = 1 { ", 20_000)]
    [InlineData("message M { oneof o { group G = 1 { ", 20_000)]
    public void Deep_nesting_is_refused(string opening, int times)
    {
        var text = opening.StartsWith("option", StringComparison.Ordinal)
            ? "option a = " + string.Concat(Enumerable.Repeat(opening["option a = ".Length..], times))
            : string.Concat(Enumerable.Repeat(opening, times));
        Assert.Contains("nested deeper than", Protos.Error(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_path_within_an_option_is_refused()
    {
        Protos.Error("option (a)" + string.Concat(Enumerable.Repeat(".(b)", 100_000)) + " = 1;");
        Protos.Error("option (a)." + new string('.', 100_000) + " = 1;");
        Protos.Error("option (a)" + string.Concat(Enumerable.Repeat(" .", 100_000)) + " = 1;");
        Protos.Error("option (a)..b = 1;");
    }

    [Fact]
    public void A_mass_of_elements_is_refused()
    {
        Assert.Contains("elements", Protos.Error("syntax = \"proto3\"; message M {" + Repeat("a b=1;", 150_000) + "}"), StringComparison.Ordinal);
        Assert.Contains("elements", Protos.Error("option a = [" + Repeat("1,", 500_000) + "1];"), StringComparison.Ordinal);
        Assert.Contains("elements", Protos.Error("message M { reserved " + Repeat("1,", 500_000) + "1; }"), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_elements_deep_inside_do_not_print_without_end()
    {
        var text = Repeat("message M {", 60) + Repeat("optional M a=1;", 40_000) + Repeat("}", 60);
        Assert.Contains("when it is printed", Protos.Error(text), StringComparison.Ordinal);
    }

    [Fact]
    public void What_becomes_more_than_it_is_written_counts_as_more()
    {
        Assert.Contains("elements", Protos.Error("syntax = \"proto3\";" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"message M{i}{{}}"))), StringComparison.Ordinal);
        Assert.Contains("elements", Protos.Error("syntax = \"proto3\"; message M {" + Repeat("map<int32,M> a=1;", 25_000) + "}"), StringComparison.Ordinal);
        Assert.Contains("elements", Protos.Error(Repeat($"option (a).{Repeat("b.", 60)}c=1;", 2000)), StringComparison.Ordinal);
        var fields = "syntax = \"proto3\"; message M {" + Repeat("M a=1;", 20_000) + "}";
        var error = Protos.Error("message M {}", [.. Enumerable.Range(0, 4).Select(i => Protos.Reference($"{i}.proto", fields.Replace("message M", $"message M{i}", StringComparison.Ordinal)))]);
        Assert.Contains("elements", error, StringComparison.Ordinal);

        // A large file of real ones: 500 messages of 20 fields, and one of 2,000.
        Protos.Parse("syntax = \"proto3\";" + string.Concat(Enumerable.Range(0, 500).Select(m =>
            $"message M{m} {{" + string.Concat(Enumerable.Range(1, m == 0 ? 2000 : 20).Select(f => $"repeated M{(m + f) % 500} f{f} = {f};")) + "}")));
    }

    [Fact]
    public void Descriptors_are_counted_before_they_are_read()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var messages = Convert.ToBase64String([.. Enumerable.Repeat(new byte[] { 0x22, 0 }, 370_000).SelectMany(each => each)]);
        Assert.Contains("elements", Protos.Error(messages), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);

        var message = new DescriptorProto { Name = "M" };
        for (var i = 0; i < 20_000; i++)
        {
            message.OneofDecl.Add(new OneofDescriptorProto { Name = $"o{i}" });
            message.Field.Add(new FieldDescriptorProto { Name = $"a{i}", Number = i + 1, Type = FieldDescriptorProto.Types.Type.Int32, OneofIndex = i });
        }

        var oneOfs = new FileDescriptorProto { Name = "x", Syntax = "proto3", MessageType = { message } };
        Assert.Contains("oneof o19999", Protos.Parse(Convert.ToBase64String(oneOfs.ToByteArray())).CanonicalText, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_names_are_refused_and_full_names_are_bounded()
    {
        Assert.Contains("a name of more than", Protos.Error($"message {new string('a', 2000)} {{}}"), StringComparison.Ordinal);
        var package = new string('p', 900);
        var schema = Protos.Parse($"syntax = \"proto3\"; package {package}; message M {{ {Repeat("M a = 1;", 40_000)} }}");
        Assert.Contains("when it is printed", schema.NormalizationError, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_sought_in_every_scope_end()
    {
        var package = string.Join('.', Enumerable.Repeat("p", 400));
        var schema = Protos.Parse($"syntax = \"proto3\"; package {package}; message p {{ {Repeat("p.p.p.p.p.q a=1;", 40_000)} }}");
        Assert.NotNull(schema.NormalizationError);
        Assert.NotNull(schema.Format("serialized"));
        var many = string.Concat(Enumerable.Range(1, 30_000).Select(i => $"p.p.p.p.p.q a={i};"));
        schema = Protos.Parse($"syntax = \"proto3\"; package {package}; message p {{ {many} }}");
        Assert.False(Protos.CanRead(schema, schema), "what cannot be compared in time is not called compatible");
    }

    [Fact]
    public void References_that_import_each_other_are_read_once()
    {
        // The registry resolves references before; a graph that joins again at each of 100 levels has 2^100 ways.
        var source = SchemaSource.Of("syntax = \"proto3\"; package n0; message M {}");
        for (var i = 1; i <= 100; i++)
        {
            var reference = new ResolvedReference($"{i - 1}.proto", "s", i, source);
            source = new SchemaSource($"syntax = \"proto3\"; package n{i}; import \"{i - 1}.proto\"; message M {{ n{i - 1}.M m = 1; }}", [reference, reference]);
        }

        var result = Protos.Language.Parse(source, ParseRules.Register);
        Assert.Null(result.Error);
        Assert.Null(result.Schema!.NormalizationError);
    }

    [Fact]
    public void Imports_in_a_circle_are_no_trouble()
    {
        var schema = Protos.Parse(
            "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }",
            Protos.Reference("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A { B b = 1; }"),
            Protos.Reference("b.proto", "syntax = \"proto3\"; import \"a.proto\"; message B { A a = 1; }"));
        Assert.Null(schema.NormalizationError);
    }

    [Fact]
    public void A_long_chain_of_messages_in_references_is_compared_or_refused()
    {
        var chain = (string last) => "syntax = \"proto3\"; package q; " + string.Concat(Enumerable.Range(0, 12_000).Select(i => $"message M{i} {{ M{i + 1} m = 1; }} "))
            + $"message M12000 {{ {last} m = 1; }}";
        const string Text = "syntax = \"proto3\"; import \"q.proto\"; message M { q.M0 m = 1; }";
        var (old, now) = (Protos.Parse(Text, Protos.Reference("q.proto", chain("int32"))), Protos.Parse(Text, Protos.Reference("q.proto", chain("string"), 2)));
        Assert.False(Protos.CanRead(now, old));
    }

    [Fact]
    public void Doubling_references_are_compared_once()
    {
        var body = (string type) => "syntax = \"proto3\"; package q; " + string.Concat(Enumerable.Range(0, 100)
            .Select(i => $"message M{i} {{ M{i + 1} a = 1; M{i + 1} b = 2; }} ")) + $"message M100 {{ {type} a = 1; }}";
        const string Text = "syntax = \"proto3\"; import \"q.proto\"; message M { q.M0 m = 1; }";
        var old = Protos.Parse(Text, Protos.Reference("q.proto", body("int32")));
        Assert.False(Protos.CanRead(Protos.Parse(Text, Protos.Reference("q.proto", body("string"), 2)), old));
        Assert.True(Protos.CanRead(Protos.Parse(Text, Protos.Reference("q.proto", body("bool"), 2)), old));
    }

    [Fact]
    public void Many_differences_keep_the_verdict()
    {
        var path = new string('n', 900);
        string Nested(string inner) => $"syntax = \"proto3\"; message {path} {{ message {path} {{ message {path} {{ message {path} {{ {inner} }} }} }} }}";
        var fields = string.Concat(Enumerable.Range(1, 5000).Select(i => $"int32 f{i} = {i};"));
        var (old, now) = (Protos.Parse(Nested("string last = 99999;")), Protos.Parse(Nested(fields + "int32 last = 99999;")));
        var findings = Protos.Language.Compare(now, old, CompatibilityPolicy.Strict);
        Assert.True(findings.Sum(f => (long)f.Path.Length) < 5 * 1024 * 1024);
        Assert.Contains(findings, f => !f.IsCompatible);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("M { } message X")]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("{0}")]
    [InlineData("a.b")]
    [InlineData("-")]
    public void Illegal_names_in_descriptors_are_refused(string name)
    {
        Refused(new FileDescriptorProto { Name = "x", MessageType = { new DescriptorProto { Name = name } } });
        Refused(new FileDescriptorProto { Name = "x", EnumType = { new EnumDescriptorProto { Name = name } } });
        Refused(new FileDescriptorProto
        {
            Name = "x",
            MessageType = { new DescriptorProto { Name = "M", Field = { new FieldDescriptorProto { Name = name, Number = 1, Type = FieldDescriptorProto.Types.Type.Int32 } } } },
        });
    }

    [Fact]
    public void Deep_descriptors_are_refused()
    {
        var message = new DescriptorProto { Name = "M" };
        for (var i = 0; i < 80; i++)
        {
            message = new DescriptorProto { Name = "M", NestedType = { message } };
        }

        Refused(new FileDescriptorProto { Name = "x", MessageType = { message } });

        // 100,000 levels as bytes: each is a field of tag 3 with the length of the rest.
        var bytes = Array.Empty<byte>();
        var all = new List<byte>();
        for (var (i, length) = (0, 0); i < 100_000; i++)
        {
            var head = new MemoryStream();
            var output = new CodedOutputStream(head);
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteLength(length);
            output.Flush();
            all.AddRange(head.ToArray().Reverse());
            length += (int)head.Length;
        }

        all.Reverse();
        Protos.Error(Convert.ToBase64String([.. all, .. bytes]));
    }

    [Fact]
    public void Extensions_that_take_the_place_of_options_stay_text()
    {
        foreach (var tag in new[] { "0", "1", "999", "-5", "536870912" })
        {
            var schema = Protos.Parse(
                "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FieldOptions { optional string x = " + tag
                + "; } message M { optional int32 a = 1 [(x) = \"\\xff\"]; }");
            Assert.Contains("(x) = ", Protos.Parse(schema.Format("serialized")!).CanonicalText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Large_messages_in_large_options_are_found_by_index()
    {
        var fields = string.Concat(Enumerable.Range(1, 30_000).Select(i => $"int32 f{i}={i};"));
        var schema = Protos.Parse(
            "syntax = \"proto3\"; import \"google/protobuf/descriptor.proto\"; message O { " + fields + " O o = 99999; } extend google.protobuf.FieldOptions "
            + "{ repeated O x = 50000; } message M { int32 a = 1 [" + Repeat("(x) = { o { f29999: 1 } }, ", 5000) + "deprecated = true]; }");
        Assert.Equal(schema.NormalizedText, Protos.Parse(schema.Format("serialized")!).NormalizedText);
    }

    [Fact]
    public void What_is_neither_text_nor_descriptor_has_the_error_of_the_text()
    {
        Assert.Contains("unexpected label: AAAA", Protos.Error("AAAA"), StringComparison.Ordinal);
        Assert.Contains("Syntax error", Protos.Error(Convert.ToBase64String(Encoding.UTF8.GetBytes("hello, world"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_reference_is_named() =>
        Assert.StartsWith("Reference a.proto: Syntax error", Protos.Error("message M {}", Protos.Reference("a.proto", "message {")), StringComparison.Ordinal);

    private static void Refused(FileDescriptorProto file) => Protos.Error(Convert.ToBase64String(file.ToByteArray()));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
