using Federation.Core.Homes;
using Kernel.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Protocol.Contracts.Control;

namespace Federation.Control.Http;

/// <summary>`/v1/topics`: federated topics, their homes and mirrors.</summary>
internal static class TopicEndpoints
{
    private static readonly string DevelopmentTenant = TenantId.Development.Name;

    public static void Map(WebApplication app, RegionHttpOptions options)
    {
        app.MapMethods("/v1/topics", Reads.Methods, (string? tenant) =>
            Results.Json(new TopicList(options.Control.Topics(tenant)), ControlJson.Default.TopicList));
        app.MapMethods("/v1/topics/{name}", Reads.Methods, (string name, string? tenant) =>
            options.Control.Topic(tenant ?? DevelopmentTenant, name) is { } topic
                ? Results.Json(topic, ControlJson.Default.TopicResource)
                : Problems.Result(StatusCodes.Status404NotFound, $"tenant {tenant ?? DevelopmentTenant} has no federated topic {name}"));
        app.MapPost("/v1/topics", (CreateTopicBody body, CancellationToken cancel) => CreateAsync(options, body, cancel));
        app.MapDelete("/v1/topics/{name}", (string name, string? tenant, CancellationToken cancel) => DeleteAsync(options, tenant ?? DevelopmentTenant, name, cancel));
    }

    private static async Task<IResult> CreateAsync(RegionHttpOptions options, CreateTopicBody body, CancellationToken cancel)
    {
        if (body.Name is null)
        {
            return Problems.Result(StatusCodes.Status400BadRequest, "a topic needs a name");
        }

        var tenant = body.Tenant ?? DevelopmentTenant;
        if (!options.IsTenant(tenant))
        {
            return Problems.Result(StatusCodes.Status404NotFound, $"there is no tenant {tenant}");
        }

        var command = new FederationCommand.CreateTopic(
            tenant, body.Name, body.Partitions ?? 1, body.Home ?? options.Region.Name, body.Mirrors ?? [], body.Configs ?? []);
        var outcome = await options.Control.CreateTopicAsync(command, body.Adopt, cancel).ConfigureAwait(false);
        return Answer(outcome, StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(RegionHttpOptions options, string tenant, string name, CancellationToken cancel) =>
        Answer(await options.Control.DeleteTopicAsync(tenant, name, cancel).ConfigureAwait(false), StatusCodes.Status200OK);

    /// <summary>202 when the ledger has it and some region has not obeyed yet.</summary>
    private static IResult Answer(ControlOutcome outcome, int complete) =>
        outcome.Topic is { } topic
            ? Results.Json(topic, ControlJson.Default.TopicResource, statusCode: outcome.IsComplete ? complete : StatusCodes.Status202Accepted)
            : Problems.Result(outcome.Error, outcome.Message);
}
