using System.Net;
using System.Text;
using System.Text.Json;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Copies to one other registry what is new since the last time: first deletions, then schemas in an order in which references come first.
/// What was copied is kept in memory, and how far that was in the log (<see cref="ExporterProgress"/>): what is sent once more after a failure
/// changes nothing there. Used by one <see cref="ExporterRunner"/>.
/// </summary>
internal sealed class ExporterRun(Exporter exporter, string tenant, HttpClient client)
{
    private readonly ExportTarget _target = new(exporter, tenant);
    private readonly Dictionary<SchemaKey, (Guid Guid, int Id, bool IsDeleted)> _copied = [];
    private readonly HashSet<SubjectName> _importing = [];
    private bool _isResumed;

    public Exporter Exporter => exporter;

    /// <summary>Requests that changed something at the other registry, or would have.</summary>
    public long Sent { get; private set; }

    /// <summary>Begins where an earlier run ended. Only before the first copy.</summary>
    /// <param name="changed">What the log says after that.</param>
    public void Resume(RegistryImage image, ChangedSchemas changed)
    {
        foreach (var schema in image.Subjects.Values.SelectMany(subject => subject.Versions.Values))
        {
            if (_target.Names.Covers(SubjectName.Parse(schema.Subject)) && !changed.Contains(schema.Key))
            {
                _copied[schema.Key] = (schema.Guid, schema.Id, schema.IsDeleted);
            }
        }

        // Those whose numbers others have now are there under other ids, which the other registry does not change.
        foreach (var gone in changed.Keys.Where(key =>
            (image.Schema(key) is null || changed.Removed.Contains(key)) && _target.Names.Covers(SubjectName.Parse(key.Subject))))
        {
            _copied[gone] = (Guid.Empty, 0, false);
        }

        _isResumed = true;
    }

    /// <summary>
    /// Brings the other registry to this state. Throws <see cref="IOException"/> or <see cref="HttpRequestException"/> at the first refusal, for that of
    /// a deletion when the rest is done, and what decoding throws at an answer that is none.
    /// </summary>
    /// <param name="isWanted">Asked before each schema: a copy of thousands takes minutes, and who pauses or deletes an exporter means it.</param>
    /// <returns>False when the copy was not wanted to its end.</returns>
    public async Task<bool> CopyAsync(RegistryImage image, Func<bool> isWanted, CancellationToken cancel)
    {
        var schemas = ReferenceOrder.Of(image.Subjects.Values.SelectMany(subject => subject.Versions.Values)
            .Where(schema => _target.Names.Covers(SubjectName.Parse(schema.Subject))));
        var deletions = new Deletions(this, isWanted);

        // Deletions first: a number may have come back with another schema. In reverse, so that what refers to others goes before them.
        var stays = schemas.Where(IsCopied).Select(schema => schema.Key).ToHashSet();
        var gone = _copied.Keys.Where(key => !stays.Contains(key)).Reverse().ToList();
        var leaving = schemas.Where(schema => schema.IsDeleted && IsCopied(schema)).Select(schema => schema.Key).Reverse().Concat(gone)
            .Where(key => !_copied[key].IsDeleted).ToList();
        if (!await deletions.RunAsync(leaving, isPermanent: false, cancel) || !await deletions.RunAsync(gone, isPermanent: true, cancel))
        {
            return false;
        }

        // Where versions are softly deleted, modes before the first schema: setting one removes them there, and they are registered again in the order.
        var deleted = schemas.Where(schema => _copied.GetValueOrDefault(schema.Key).IsDeleted)
            .ToLookup(schema => ImportScopeOf(schema.Subject), schema => schema.Key);
        foreach (var scope in schemas.Where(IsToBeSent).Select(schema => ImportScopeOf(schema.Subject)).Where(deleted.Contains).ToHashSet())
        {
            if (!isWanted())
            {
                return false;
            }

            if (_isResumed && !scope.IsContextOnly)
            {
                // The run before may have ended behind the mode and before they were registered again. Those that are there do not mind.
                Forget(deleted[scope]);
            }

            await ImportAsync(scope, deleted[scope], cancel);
        }

        var late = new List<SchemaKey>();
        foreach (var schema in schemas.Where(IsToBeSent))
        {
            if (!isWanted())
            {
                return false;
            }

            await RegisterAsync(schema, cancel);
            _copied[schema.Key] = (schema.Guid, schema.Id, false);
            if (schema.IsDeleted)
            {
                late.Add(schema.Key);
            }
        }

        late.Reverse();
        if (!await deletions.RunAsync(late, isPermanent: false, cancel))
        {
            return false;
        }

        _isResumed = false;
        return deletions.Refusal is { } refusal ? throw refusal : true;
    }

    /// <summary>Registering a deleted version again, with its number and id, is how an import takes a deletion back.</summary>
    private bool IsToBeSent(StoredSchema schema) => !IsCopied(schema) || !schema.IsDeleted && _copied[schema.Key].IsDeleted;

    private SubjectName ImportScopeOf(string subject) => _target.Names.ImportScope(_target.Names.NameOf(SubjectName.Parse(subject)));

    private bool IsCopied(StoredSchema schema) => _copied.TryGetValue(schema.Key, out var copied) && copied.Guid == schema.Guid && copied.Id == schema.Id;

    /// <summary>
    /// Deletes what the other registry lets go. It keeps a schema while others refer to it, so what it refuses is tried again when others are gone.
    /// What it refuses all the same holds up nothing else of the copy: the first refusal is kept.
    /// </summary>
    private sealed class Deletions(ExporterRun run, Func<bool> isWanted)
    {
        public RefusedException? Refusal { get; private set; }

        /// <summary>False when the copy is not wanted any more.</summary>
        public async Task<bool> RunAsync(IReadOnlyList<SchemaKey> keys, bool isPermanent, CancellationToken cancel)
        {
            var (left, before, refusal) = (keys, int.MaxValue, (RefusedException?)null);
            while (left.Count > 0 && left.Count < before)
            {
                (before, refusal) = (left.Count, null);
                var refused = new List<SchemaKey>();
                foreach (var key in left)
                {
                    if (!isWanted())
                    {
                        return false;
                    }

                    try
                    {
                        await run.DeleteAsync(key, isPermanent, cancel);
                        run.NoteDeleted(key, isPermanent);
                    }
                    catch (RefusedException why) when (why.Status == HttpStatusCode.UnprocessableEntity)
                    {
                        refused.Add(key);
                        refusal ??= why;
                    }
                }

                left = refused;
            }

            Refusal ??= refusal;
            return true;
        }
    }

    private void NoteDeleted(SchemaKey key, bool isPermanent)
    {
        // A subject's mode ends with its last version; a context's stays.
        _importing.Remove(_target.Names.NameOf(SubjectName.Parse(key.Subject)));
        if (isPermanent)
        {
            _copied.Remove(key);
        }
        else
        {
            _copied[key] = _copied[key] with { IsDeleted = true };
        }
    }

    private async Task RegisterAsync(StoredSchema schema, CancellationToken cancel)
    {
        var source = SubjectName.Parse(schema.Subject);
        var target = _target.Names.NameOf(source);
        await ImportAsync(_target.Names.ImportScope(target), [], cancel);
        var body = Answer.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("version"u8, schema.Version);
            writer.WriteNumber("id"u8, schema.Id);
            writer.WriteString("schemaType"u8, schema.Type.Name());
            ContractsJson.Write(writer, schema.References,
                reference => _target.Names.NameOf(SubjectName.ParseWithin(reference.Subject, source.Context)).ToString());
            ContractsJson.Write(writer, "metadata", schema.Metadata);
            ContractsJson.Write(writer, "ruleSet", schema.Rules);
            writer.WriteString("schema"u8, schema.Text);
            writer.WriteEndObject();
        });
        using var response = await SendAsync(HttpMethod.Post, $"subjects/{Escaped(target)}/versions", body, cancel);
        Sent++;
        if (!response.IsSuccessStatusCode)
        {
            // Somebody there may have ended the mode: the next attempt looks.
            _importing.Remove(_target.Names.ImportScope(target));
        }

        await CheckAsync(response, $"register {target} version {schema.Version}", cancel);
    }

    private async Task DeleteAsync(SchemaKey key, bool isPermanent, CancellationToken cancel)
    {
        var target = _target.Names.NameOf(SubjectName.Parse(key.Subject));
        var path = $"subjects/{Escaped(target)}/versions/{key.Version}{(isPermanent ? "?permanent=true" : "")}";
        using var response = await SendAsync(HttpMethod.Delete, path, null, cancel);
        Sent++;

        // What is not there need not be deleted.
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await CheckAsync(response, $"delete {target} version {key.Version}", cancel);
        }
    }

    /// <summary>Sees to it that the other registry takes ids in a scope.</summary>
    /// <param name="deleted">Copies in the scope that are softly deleted: the other registry removes them when it takes the mode.</param>
    private async Task ImportAsync(SubjectName scope, IEnumerable<SchemaKey> deleted, CancellationToken cancel)
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
                // Forgotten before it is asked, because its answer may be lost.
                Forget(deleted);
                using var change = await SendAsync(HttpMethod.Put, $"mode/{Escaped(scope)}", "{\"mode\":\"IMPORT\"}"u8.ToArray(), cancel);
                await CheckAsync(change, $"set the mode of {scope} to IMPORT", cancel);
            }
        }

        _importing.Add(scope);
    }

    private void Forget(IEnumerable<SchemaKey> keys)
    {
        foreach (var key in keys)
        {
            _copied.Remove(key);
        }
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
            throw new RefusedException($"{what}: {(int)response.StatusCode} {text}", response.StatusCode);
        }
    }

    private sealed class RefusedException(string message, HttpStatusCode status) : IOException(message)
    {
        public HttpStatusCode Status => status;
    }

    /// <summary>A name as a segment of a path. Addresses are read without segments of dots alone, escaped or not, so such a name takes its context.</summary>
    private static string Escaped(SubjectName name) => Uri.EscapeDataString(
        name.IsContextOnly ? $":{name.Context}:" : name.ToString() is "." or ".." ? $":{SubjectName.DefaultContext}:{name}" : name.ToString());
}
