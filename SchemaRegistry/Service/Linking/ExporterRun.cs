using System.Net;
using System.Text;
using System.Text.Json;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Copies to one other registry what is new since the last time, in the order of ids so that references come first. What was copied is kept in
/// memory, and how far that was in the log (<see cref="ExporterProgress"/>): what is sent once more after a failure changes nothing there. Used
/// by one <see cref="ExporterRunner"/>.
/// </summary>
internal sealed class ExporterRun(Exporter exporter, string tenant, HttpClient client)
{
    private readonly ExportTarget _target = new(exporter, tenant);
    private readonly Dictionary<SchemaKey, (Guid Guid, bool IsDeleted)> _copied = [];
    private readonly HashSet<SubjectName> _importing = [];

    public Exporter Exporter => exporter;

    /// <summary>Requests that changed something at the other registry, or would have.</summary>
    public long Sent { get; private set; }

    /// <summary>Begins where an earlier run ended. Only before the first copy.</summary>
    /// <param name="changed">What the log says after that.</param>
    public void Resume(RegistryImage image, ChangedSchemas changed)
    {
        foreach (var schema in image.Subjects.Values.SelectMany(subject => subject.Versions.Values))
        {
            if (_target.Covers(SubjectName.Parse(schema.Subject)) && !changed.Contains(schema.Key))
            {
                _copied[schema.Key] = (schema.Guid, schema.IsDeleted);
            }
        }

        foreach (var gone in changed.Keys.Where(key => image.Schema(key) is null && _target.Covers(SubjectName.Parse(key.Subject))))
        {
            _copied[gone] = (Guid.Empty, false);
        }
    }

    /// <summary>
    /// Brings the other registry to this state. Throws <see cref="IOException"/> or <see cref="HttpRequestException"/> at the first refusal, and what
    /// decoding throws at an answer that is none.
    /// </summary>
    /// <param name="isWanted">Asked before each schema: a copy of thousands takes minutes, and who pauses or deletes an exporter means it.</param>
    /// <returns>False when the copy was not wanted to its end.</returns>
    public async Task<bool> CopyAsync(RegistryImage image, Func<bool> isWanted, CancellationToken cancel)
    {
        var present = new HashSet<SchemaKey>();
        var schemas = image.Subjects.Values.SelectMany(subject => subject.Versions.Values)
            .Where(schema => _target.Covers(SubjectName.Parse(schema.Subject)))
            .OrderBy(schema => schema.Id).ThenBy(schema => schema.Version);
        foreach (var schema in schemas)
        {
            present.Add(schema.Key);
            var known = _copied.TryGetValue(schema.Key, out var copied) && copied.Guid == schema.Guid;
            if (known && copied.IsDeleted == schema.IsDeleted)
            {
                continue;
            }

            if (!isWanted())
            {
                return false;
            }

            // Registering a deleted version again, with its number and id, is how an import takes a deletion back.
            if (!known || copied.IsDeleted && !schema.IsDeleted)
            {
                await RegisterAsync(schema, cancel);
                _copied[schema.Key] = (schema.Guid, false);
            }

            if (schema.IsDeleted && !_copied[schema.Key].IsDeleted)
            {
                await DeleteAsync(schema.Key, isPermanent: false, cancel);
                _copied[schema.Key] = (schema.Guid, true);
            }
        }

        foreach (var gone in _copied.Keys.Where(key => !present.Contains(key)).ToArray())
        {
            if (!isWanted())
            {
                return false;
            }

            if (!_copied[gone].IsDeleted)
            {
                await DeleteAsync(gone, isPermanent: false, cancel);
            }

            await DeleteAsync(gone, isPermanent: true, cancel);
            _copied.Remove(gone);
        }

        return true;
    }

    private async Task RegisterAsync(StoredSchema schema, CancellationToken cancel)
    {
        var source = SubjectName.Parse(schema.Subject);
        var target = _target.NameOf(source);
        await ImportAsync(_target.ImportScope(target), cancel);
        var body = Answer.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("version"u8, schema.Version);
            writer.WriteNumber("id"u8, schema.Id);
            writer.WriteString("schemaType"u8, schema.Type.Name());
            ContractsJson.Write(writer, schema.References,
                reference => _target.NameOf(SubjectName.ParseWithin(reference.Subject, source.Context)).ToString());
            ContractsJson.Write(writer, "metadata", schema.Metadata);
            ContractsJson.Write(writer, "ruleSet", schema.Rules);
            writer.WriteString("schema"u8, schema.Text);
            writer.WriteEndObject();
        });
        using var response = await SendAsync(HttpMethod.Post, $"subjects/{Escaped(target)}/versions", body, cancel);
        Sent++;
        await CheckAsync(response, $"register {target} version {schema.Version}", cancel);
    }

    private async Task DeleteAsync(SchemaKey key, bool isPermanent, CancellationToken cancel)
    {
        var target = _target.NameOf(SubjectName.Parse(key.Subject));
        var path = $"subjects/{Escaped(target)}/versions/{key.Version}{(isPermanent ? "?permanent=true" : "")}";
        using var response = await SendAsync(HttpMethod.Delete, path, null, cancel);
        Sent++;

        // What is not there need not be deleted.
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await CheckAsync(response, $"delete {target} version {key.Version}", cancel);
        }
    }

    private async Task ImportAsync(SubjectName scope, CancellationToken cancel)
    {
        if (_importing.Contains(scope))
        {
            return;
        }

        using (var response = await SendAsync(HttpMethod.Get, $"mode/{Escaped(scope)}?defaultToGlobal=true", null, cancel))
        {
            await CheckAsync(response, $"read the mode of {scope}", cancel);
            using var mode = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
            if (ContractsJson.Text(mode.RootElement, "mode") != RegistryMode.Import.Name())
            {
                using var change = await SendAsync(HttpMethod.Put, $"mode/{Escaped(scope)}", "{\"mode\":\"IMPORT\"}"u8.ToArray(), cancel);
                await CheckAsync(change, $"set the mode of {scope} to IMPORT", cancel);
            }
        }

        _importing.Add(scope);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(_target.Url.AbsoluteUri + path));
        request.Headers.Authorization = _target.Authorization;
        request.Headers.TryAddWithoutValidation("Confluent-Schema-Exporter-Name", exporter.Name);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", MediaTypes.Default);
        }

        return await client.SendAsync(request, cancel);
    }

    private static async Task CheckAsync(HttpResponseMessage response, string what, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
        {
            // Whatever charset it claims: there may be no such one.
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, Kernel.Limits.MaxLoggedChars)));
            throw new IOException($"{what}: {(int)response.StatusCode} {text}");
        }
    }

    private static string Escaped(SubjectName name) => Uri.EscapeDataString(name.IsContextOnly ? $":{name.Context}:" : name.ToString());
}
