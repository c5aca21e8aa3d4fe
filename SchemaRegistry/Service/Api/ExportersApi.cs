using System.Text.Json;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;
using SchemaRegistry.Service.Linking;

namespace SchemaRegistry.Service.Api;

/// <summary>/exporters: schema linking.</summary>
internal static class ExportersApi
{
    public static ValueTask<Answer> List(Call call) => new(Answer.Texts(call.Page(call.Image.Exporters.Keys)));

    public static async ValueTask<Answer> Create(Call call)
    {
        using var body = await call.BodyAsync();
        var name = RequestBodies.Read(body.RootElement, static json => ContractsJson.Text(json, "name")) ?? "";
        if (name.Length is 0 or > Limits.MaxSchemaExporterNameChars || name.Any(unit => !(char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.')))
        {
            throw ExporterErrors.BadName(name);
        }

        if (call.Image.Exporters.ContainsKey(name))
        {
            throw ExporterErrors.Exists(name);
        }

        if (call.Image.Exporters.Count >= Limits.MaxSchemaExporters)
        {
            throw ExporterErrors.TooMany();
        }

        var exporter = RequestBodies.Read(body.RootElement, json => ExporterJson.Read(name, json));
        return await SetCheckedAsync(call, exporter with { IsPaused = false, Generation = 0 });
    }

    public static ValueTask<Answer> Get(Call call)
    {
        var exporter = Find(call);
        return new(Answer.Object(writer =>
        {
            writer.WriteString("name"u8, exporter.Name);
            ContractsJson.WriteTexts(writer, "subjects", exporter.Subjects);
            writer.WriteString("contextType"u8, exporter.ContextType);
            ContractsJson.WriteText(writer, "context", exporter.Context);
            ContractsJson.WriteText(writer, "subjectRenameFormat", exporter.RenameFormat);
            ContractsJson.WriteMap(writer, "config", ExportTarget.Shown(exporter));
        }));
    }

    /// <summary>Changes what is named; the exporter has to be paused.</summary>
    public static async ValueTask<Answer> Update(Call call)
    {
        var present = FindPaused(call);
        using var body = await call.BodyAsync();
        var changed = RequestBodies.Read(body.RootElement, json =>
        {
            var read = ExporterJson.Read(present.Name, json);
            return present with
            {
                ContextType = json.TryGetProperty("contextType", out _) ? read.ContextType : present.ContextType,
                Context = read.Context ?? present.Context,
                Subjects = json.TryGetProperty("subjects", out _) ? read.Subjects : present.Subjects,
                RenameFormat = read.RenameFormat ?? present.RenameFormat,
                Config = json.TryGetProperty("config", out _) ? read.Config : present.Config,
            };
        });
        return await SetCheckedAsync(call, Changed(present, changed));
    }

    public static async ValueTask<Answer> Delete(Call call)
    {
        var (_, offset) = await call.WriteAsync<RegistryReply.Done>(new DeleteExporter(FindPaused(call).Name));
        return new Answer(204, default, offset);
    }

    /// <summary>Whatever its settings are: only a paused one can be given others, or be deleted.</summary>
    public static ValueTask<Answer> Pause(Call call) => StoreAsync(call, Find(call) with { IsPaused = true });

    public static ValueTask<Answer> Resume(Call call)
    {
        var exporter = Find(call) with { IsPaused = false };
        call.Exporters.Check(exporter);
        return StoreAsync(call, exporter);
    }

    /// <summary>The copy begins anew when it goes on.</summary>
    public static ValueTask<Answer> Reset(Call call)
    {
        var exporter = FindPaused(call);
        return StoreAsync(call, exporter with { Generation = exporter.Generation + 1 });
    }

    public static ValueTask<Answer> Status(Call call)
    {
        var exporter = Find(call);
        var status = call.Exporters.Status(exporter);
        return new(Answer.Object(writer =>
        {
            writer.WriteString("name"u8, exporter.Name);
            writer.WriteString("state"u8, exporter.IsPaused ? "PAUSED"u8 : status.IsRunning ? "RUNNING"u8 : "STARTING"u8);
            writer.WriteNumber("offset"u8, status.Offset);
            writer.WriteNumber("ts"u8, status.TimestampMs);
            ContractsJson.WriteText(writer, "trace", status.Trace);
        }));
    }

    public static ValueTask<Answer> Config(Call call)
    {
        var config = ExportTarget.Shown(Find(call));
        return new(Answer.Object(writer =>
        {
            foreach (var (name, value) in config)
            {
                writer.WriteString(name, value);
            }
        }));
    }

    public static async ValueTask<Answer> SetConfig(Call call)
    {
        var exporter = FindPaused(call);
        using var body = await call.BodyAsync();
        var config = RequestBodies.Read(body.RootElement, static json =>
        {
            var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in json.EnumerateObject())
            {
                settings[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            }

            return settings;
        });

        return await SetCheckedAsync(call, Changed(exporter, exporter with { Config = config }));
    }

    /// <summary>The copy begins anew where something else is copied, or to somewhere else.</summary>
    private static Exporter Changed(Exporter before, Exporter after)
    {
        var isSame = before.ContextType == after.ContextType && before.Context == after.Context && before.RenameFormat == after.RenameFormat
            && before.Subjects.SequenceEqual(after.Subjects)
            && before.Config.GetValueOrDefault(ExportTarget.UrlSetting) == after.Config.GetValueOrDefault(ExportTarget.UrlSetting);
        return isSame ? after : after with { Generation = before.Generation + 1 };
    }

    /// <summary>Stores new settings, once the target was asked about them.</summary>
    private static async ValueTask<Answer> SetCheckedAsync(Call call, Exporter exporter)
    {
        await call.Exporters.CheckWithTargetAsync(exporter, call.Http.RequestAborted);
        return await StoreAsync(call, exporter);
    }

    private static async ValueTask<Answer> StoreAsync(Call call, Exporter exporter)
    {
        var (_, offset) = await call.WriteAsync<RegistryReply.Done>(new SetExporter(exporter));
        return Answer.Object(writer => writer.WriteString("name"u8, exporter.Name)) with { Offset = offset };
    }

    private static Exporter Find(Call call) => call.Image.Exporters.GetValueOrDefault(call.Value(0)) ?? throw ExporterErrors.NotFound(call.Value(0));

    private static Exporter FindPaused(Call call)
    {
        var exporter = Find(call);
        return exporter.IsPaused ? exporter : throw ExporterErrors.NotPaused(exporter.Name);
    }
}
