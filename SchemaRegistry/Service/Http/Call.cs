using System.Globalization;
using System.Text.Json;
using Kernel;
using Microsoft.AspNetCore.Http;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Linking;
using SchemaRegistry.Service.State;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Http;

/// <summary>One request on its way through an endpoint: its parameters, read as leniently as Confluent reads them, and the state it looks at.</summary>
internal sealed class Call(HttpContext http, Tenant tenant, ITenantRights rights, RequestPath path, string[] values)
{
    private const string UnknownProperties = "Confluent-Accept-Unknown-Properties";
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Limits.MaxSchemaRequestDepth };

    private readonly bool _hasQuery = http.Request.QueryString.HasValue;
    private ReadOnlyMemory<byte>? _body;

    public HttpContext Http => http;

    public TenantRegistry Registry => tenant.Registry;

    public ExporterRunner Exporters => tenant.Exporters;

    public ITenantRights Rights => rights;

    /// <summary>One state for the whole request.</summary>
    public RegistryImage Image { get; } = tenant.Registry.Image;

    /// <summary>The client takes what newer releases answer with.</summary>
    public bool IsFull { get; } = IsTrue(http.Request.Headers[UnknownProperties].ToString());

    /// <summary>Context of the path; the default one without.</summary>
    public string Context => path.Context ?? SubjectName.DefaultContext;

    public bool HasContext => path.Context is not null;

    /// <summary>The path has places at all.</summary>
    public bool HasValues => values.Length > 0;

    /// <summary>A place in the path, by its order.</summary>
    public string Value(int index) => values[index];

    /// <summary>A number in the path. Throws <see cref="RegistryException"/> 404 for anything else, as JAX-RS does.</summary>
    public int Number(int index) =>
        int.TryParse(values[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RegistryException(HttpErrors.NotFound);

    /// <summary>The subject that the path names, with its context, before aliases.</summary>
    public SubjectName Subject(int index = 0) => SubjectName.ParseWithin(values[index], Context);

    /// <summary>The subject that the path names, or the one it is an alias for. Throws <see cref="RegistryException"/> 42208 for what can be none.</summary>
    public SubjectName ResolvedSubject(int index = 0) => Image.Resolve(Subject(index));

    /// <summary>A query parameter; null when absent.</summary>
    public string? Query(string name) => _hasQuery && http.Request.Query.TryGetValue(name, out var value) ? value[0] ?? "" : null;

    /// <summary>All values of a query parameter.</summary>
    public IReadOnlyList<string?> QueryAll(string name) => _hasQuery && http.Request.Query.TryGetValue(name, out var value) ? value.ToArray() : [];

    /// <summary>True for "true" in any case, false for all else.</summary>
    public bool Flag(string name) => IsTrue(Query(name));

    /// <summary>A query parameter that names a subject or prefix, within the context of the path.</summary>
    public string? QualifiedQuery(string name)
    {
        var text = Query(name);
        if (!HasContext)
        {
            return text;
        }

        return text is not null && text.StartsWith(':') ? text : $":{Context}:{text}";
    }

    /// <summary>A number in the query. Throws <see cref="RegistryException"/> 404 for anything else.</summary>
    public int Number(string name, int otherwise) => Query(name) switch
    {
        null or "" => otherwise,
        var text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RegistryException(HttpErrors.NotFound),
    };

    /// <summary>The part of a list that offset and limit ask for.</summary>
    /// <param name="atMost">What is given when no limit, or a larger one, is asked for.</param>
    public IEnumerable<T> Page<T>(IEnumerable<T> all, int atMost = Limits.MaxSubjectListEntries)
    {
        var limit = Number("limit", -1);
        return all.Skip(Math.Max(0, Number("offset", 0))).Take(limit < 0 ? atMost : Math.Min(limit, atMost));
    }

    /// <summary>Reads the body. Throws <see cref="RegistryException"/> 422 for none or no JSON object, 413 for one that is too large.</summary>
    public async ValueTask<JsonDocument> BodyAsync()
    {
        var bytes = await BodyBytesAsync();
        try
        {
            var body = JsonDocument.Parse(bytes, Reading);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
                return body;
            }

            body.Dispose();
            throw new RegistryException(HttpErrors.Unprocessable("The body is no JSON object"));
        }
        catch (JsonException bad)
        {
            throw new RegistryException(HttpErrors.Unprocessable($"The body cannot be read: {bad.Message}"));
        }
    }

    /// <summary>
    /// The body as it came, out of its encoding, read once. Throws <see cref="RegistryException"/> 413 for one that is too large, 422 for bad gzip.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>> BodyBytesAsync()
    {
        if (_body is { } read)
        {
            return read;
        }

        try
        {
            using var buffer = new MemoryStream((int)Math.Min(http.Request.ContentLength ?? 0, Limits.MaxSchemaRequestBytes));
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
            _body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
            return _body.Value;
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RegistryException(HttpErrors.TooLarge);
        }
        catch (InvalidDataException)
        {
            throw new RegistryException(HttpErrors.Unprocessable("The body cannot be read: it is no gzip, as its Content-Encoding says it were"));
        }
    }

    /// <summary>Throws <see cref="RegistryException"/> 403 unless the caller may do this.</summary>
    public void Demand(RegistryOperation operation, SubjectName subject)
    {
        if (!rights.AllowsAll && operation != RegistryOperation.Any && !rights.Allows(operation, subject))
        {
            throw new RegistryException(HttpErrors.Forbidden(Operations.Name(operation), subject.ToString()));
        }
    }

    /// <summary>Whether a list may show a subject.</summary>
    public bool MayRead(string subject) => rights.AllowsAll || rights.Allows(RegistryOperation.SubjectRead, SubjectName.Parse(subject));

    /// <summary>Writes, and gives what came of it. Throws the refusal as <see cref="RegistryException"/>.</summary>
    public async ValueTask<(T Reply, long Offset)> WriteAsync<T>(RegistryCommand command)
        where T : RegistryReply
    {
        var result = await tenant.Registry.ExecuteAsync(command, http.RequestAborted);
        return result.Reply is RegistryReply.Refused refused ? throw new RegistryException(refused.Error) : ((T)result.Reply, result.Offset);
    }

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
