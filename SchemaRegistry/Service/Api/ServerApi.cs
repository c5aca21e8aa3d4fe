using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>What a registry says about itself.</summary>
internal static class ServerApi
{
    /// <summary>The release whose API this is.</summary>
    private const string ApiVersion = "8.1.1";

    public static ValueTask<Answer> Root(Call call) => new(Answer.Object(static _ => { }));

    public static ValueTask<Answer> Id(Call call) => new(Answer.Object(writer =>
    {
        writer.WriteStartObject("scope"u8);
        writer.WriteStartArray("path"u8);
        writer.WriteEndArray();
        writer.WriteStartObject("clusters"u8);
        writer.WriteString("kafka-cluster"u8, call.Registry.Tenant);
        writer.WriteString("schema-registry-cluster"u8, "schema-registry"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("id"u8, ""u8);
    }));

    public static ValueTask<Answer> Version(Call call) => new(Answer.Object(static writer =>
    {
        writer.WriteString("version"u8, ApiVersion);
        writer.WriteString("commitId"u8, typeof(ServerApi).Assembly.GetName().Version?.ToString() ?? "");
    }));

    public static ValueTask<Answer> Deployment(Call call) => new(Answer.Object(static writer =>
    {
        writer.WriteStartArray("attributes"u8);
        writer.WriteEndArray();
    }));
}
