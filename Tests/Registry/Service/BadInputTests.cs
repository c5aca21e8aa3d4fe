using System.Text;
using CsCheck;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Http;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Whatever comes in, the answer is an error of the API, never a failure of the server.</summary>
public class BadInputTests
{
    private static readonly string[] Keys =
    [
        "{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1,\"magic\":1}", "{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}",
        "{\"keytype\":\"MODE\",\"subject\":\"s\",\"magic\":0}", "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"s\",\"magic\":0}",
        "{\"keytype\":\"CONTEXT\",\"tenant\":\"t\",\"context\":\".c\",\"magic\":0}", "{\"keytype\":\"HIGHEST_ID\",\"context\":\".\",\"magic\":0}",
        "{\"keytype\":\"EXPORTER\",\"name\":\"x\",\"magic\":0}",
    ];

    private static readonly string[] Values =
    [
        "{\"subject\":\"s\",\"version\":1,\"id\":1,\"md5\":\"DMF1ucDxtqgxw5niaXcmYQ==\",\"schemaType\":\"JSON\",\"references\":[{\"name\":\"n\",\"subject\":\"r\",\"version\":1}],"
            + "\"metadata\":{\"tags\":{\"a\":[\"b\"]},\"properties\":{\"k\":\"v\"},\"sensitive\":[\"k\"]},"
            + "\"ruleSet\":{\"domainRules\":[{\"name\":\"r\",\"tags\":[\"t\"],\"params\":{\"p\":\"q\"},\"disabled\":true}]},\"schema\":\"a\",\"deleted\":false}",
        "{\"compatibilityLevel\":\"FULL\",\"normalize\":true,\"mode\":\"IMPORT\",\"defaultMetadata\":{\"properties\":{\"a\":\"b\"}}}",
        "{\"config\":{\"schema.registry.url\":\"http://x\"},\"subjects\":[\"*\"],\"id\":7,\"context\":\".c\",\"mode\":\"READONLY\",\"paused\":true}",
    ];

    private static readonly Gen<byte[]> Mutated = Gen.Select(
        Gen.OneOf(Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]), Gen.Int[0, Values.Length - 1].Select(i => Values[i])),
        Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[0, 4]).Select((text, changes) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            foreach (var (at, value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            return bytes;
        });

    [Fact]
    public void Any_record_is_applied_or_ignored() => Gen.Select(Mutated, Mutated, Gen.Bool).Array[1, 6].Sample(records =>
    {
        var image = RegistryImage.Empty;
        foreach (var (key, value, isNull) in records)
        {
            if (RecordCodec.Decode(key, isNull ? default(ReadOnlyMemory<byte>?) : value, 1) is { } record)
            {
                image = image.With(record);

                // What was read can be written again, for snapshots and repairs.
                Assert.NotNull(RecordCodec.Decode(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), 1));
                _ = image.Present(record);
            }
        }
    }, iter: 5000);

    [Fact]
    public async Task Any_body_has_an_answer()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (string Method, string Path)[] targets =
        [
            ("POST", "/subjects/s/versions"), ("POST", "/subjects/s"), ("POST", "/compatibility/subjects/s/versions"), ("PUT", "/config/s"),
            ("PUT", "/mode/s"), ("POST", "/subjects/s/versions/1/tags"), ("POST", "/exporters"),
        ];
        var bodies = new List<byte[]>();
        Mutated.Sample(bodies.Add, iter: 300, threads: 1);
        foreach (var body in bodies)
        {
            foreach (var (method, path) in targets)
            {
                var reply = await host.SendAsync(method, path, Encoding.Latin1.GetString(body));
                Assert.True((int)reply.Status < 500, $"{method} {path} {reply.Text}");
            }

            var compared = await host.SendAsync("POST", "/compatibility/schemas", $"{{\"old\":{{\"schema\":\"a\"}},\"new\":{Encoding.Latin1.GetString(body)}}}");
            Assert.True((int)compared.Status < 500, compared.Text);
        }
    }

    [Theory]
    [InlineData("{\"schema\":\"\\ud800\"}")]
    [InlineData("{\"schema\":\"a\",\"metadata\":{\"properties\":{\"\\udc00\":\"x\"}}}")]
    [InlineData("{\"schema\":\"a\",\"references\":{}}")]
    [InlineData("{\"schema\":\"a\",\"references\":[1]}")]
    [InlineData("{\"schema\":\"a\",\"metadata\":[]}")]
    [InlineData("{\"schema\":\"a\",\"ruleSet\":{\"domainRules\":{}}}")]
    [InlineData("{\"schema\":\"a\",\"schemaTagsToAdd\":{}}")]
    [InlineData("{\"schema\":\"a\",\"id\":99999999999}")]
    [InlineData("\"a\"")]
    [InlineData("")]
    public async Task A_body_of_another_shape_is_422(string body)
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", body)).IsError(422, 422);
    }

    [Fact]
    public void Any_path_is_read() => Gen.String.Sample(path =>
    {
        _ = RequestPath.Parse("/" + path);
        var within = RequestPath.Parse(RequestPath.WithoutTenant("/tenants/t/" + path));
        Assert.Equal(RequestPath.Parse("/tenants/t/" + path)?.Segments, within?.Tenant is null ? within?.Segments : ["tenants", within.Value.Tenant!, .. within.Value.Segments]);
        _ = MediaTypes.ToWrite(path);
        _ = MediaTypes.IsRead(path);
        var name = SubjectName.Parse(path);
        Assert.True(!name.IsValid || SubjectName.Parse(name.ToString()) == name);
    }, iter: 10_000);

    [Theory]
    [InlineData("s", ".", "s")]
    [InlineData(":.c:s", ".c", "s")]
    [InlineData(":.c:s:t", ".c", "s:t")]
    [InlineData(":.:s", ".", "s")]
    [InlineData(":.c:", ".c", "")]
    [InlineData(":.c", ".c", "")]
    [InlineData(":x", ".", ":x")]
    public void Names_have_a_context_and_a_subject(string text, string context, string subject) =>
        Assert.Equal(new SubjectName(context, subject), SubjectName.Parse(text));
}
