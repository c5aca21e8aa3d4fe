using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>/config and /mode: settings of subjects, contexts and the whole registry.</summary>
internal static class SettingsApi
{
    public static ValueTask<Answer> Config(Call call)
    {
        var scope = Scope(call);
        var level = call.Registry.Ledger.Settings.DefaultLevel;
        var config = call.Flag("defaultToGlobal") || IsGlobal(scope)
            ? call.Image.EffectiveConfig(scope, level)
            : call.Image.OwnConfig(scope) ?? throw new RegistryException(RegistryError.NoSubjectConfig(scope.ToString()));
        return new(Answer.Object(writer => ConfigJson.Write(writer, config, ConfigJson.StoredLevel)));
    }

    public static async ValueTask<Answer> SetConfig(Call call)
    {
        var update = await RequestBodies.ConfigAsync(call);
        var (_, offset) = await call.WriteAsync<RegistryReply.Settings>(new SetConfig(Scope(call).ToString(), update));

        // The answer is the request, not what came of it.
        return Answer.Object(writer => ConfigJson.Write(writer, update.Values, ConfigJson.RequestedLevel)) with { Offset = offset };
    }

    public static async ValueTask<Answer> ClearConfig(Call call)
    {
        var (reply, offset) = await call.WriteAsync<RegistryReply.Settings>(new ClearConfig(Scope(call).ToString()));
        return Answer.Object(writer => ConfigJson.Write(writer, reply.Config, ConfigJson.StoredLevel)) with { Offset = offset };
    }

    public static ValueTask<Answer> Mode(Call call)
    {
        var scope = Scope(call);
        var mode = call.Flag("defaultToGlobal") || IsGlobal(scope)
            ? call.Image.EffectiveMode(scope)
            : call.Image.OwnMode(scope) ?? throw new RegistryException(RegistryError.NoSubjectMode(scope.ToString()));
        return new(Of(mode));
    }

    public static async ValueTask<Answer> SetMode(Call call)
    {
        var mode = await RequestBodies.ModeAsync(call);
        var (reply, offset) = await call.WriteAsync<RegistryReply.ModeIs>(new SetMode(Scope(call).ToString(), mode, call.Flag("force")));
        return Of(reply.Mode) with { Offset = offset };
    }

    public static async ValueTask<Answer> ClearMode(Call call)
    {
        var (reply, offset) = await call.WriteAsync<RegistryReply.ModeIs>(new ClearMode(Scope(call).ToString(), call.Flag("recursive")));
        return Of(reply.Mode) with { Offset = offset };
    }

    public static ValueTask<Answer> Contexts(Call call)
    {
        var prefix = call.Query("contextPrefix") ?? "";
        return new(Answer.Texts(call.Page(call.Image.ContextNames.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))));
    }

    public static async ValueTask<Answer> DeleteContext(Call call)
    {
        var (_, offset) = await call.WriteAsync<RegistryReply.Done>(new DeleteContext(RequestPath.ContextOf(call.Value(0))));
        return new Answer(204, default, offset);
    }

    /// <summary>What the path names: a subject, a context, or without either the default context.</summary>
    private static SubjectName Scope(Call call) => call.HasValues ? call.Subject() : new SubjectName(call.Context, "");

    private static bool IsGlobal(SubjectName scope) => scope is { IsContextOnly: true, IsInDefaultContext: true };

    private static Answer Of(RegistryMode mode) => Answer.Object(writer => writer.WriteString("mode"u8, mode.Name()));
}
