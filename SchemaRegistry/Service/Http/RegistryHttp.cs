using System.Globalization;
using Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Api;
using SchemaRegistry.Service.State;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Http;

/// <summary>Answers HTTP requests: finds the tenant, the endpoint and the caller's rights, and turns what is thrown into errors of the API.</summary>
internal sealed class RegistryHttp(ITenantDirectory directory, ITenantRegistries registries, RegistryMetrics metrics, ILogger logger)
{
    /// <summary>Answer: the offset of a write in the tenant's log. Request: answer only once this offset is known here (read your writes).</summary>
    public const string OffsetHeader = "Federation-Schema-Offset";

    public async Task HandleAsync(HttpContext http)
    {
        Answer answer;
        var mediaType = MediaTypes.ToWrite(http.Request.Headers.Accept);
        try
        {
            answer = mediaType is null ? Answer.Of(HttpErrors.NotAcceptable) : await AnswerAsync(http);
        }
        catch (RegistryException refused)
        {
            answer = Answer.Of(refused.Error);
        }
        catch (BadHttpRequestException bad)
        {
            answer = Answer.Of(new RegistryError(bad.StatusCode, bad.Message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            HttpLog.Failed(logger, http.Request.Method, failure);
            answer = Answer.Of(HttpErrors.Internal);
        }

        metrics.Answered(answer.Status);
        await WriteAsync(http.Response, answer, mediaType ?? MediaTypes.Default);
    }

    private async ValueTask<Answer> AnswerAsync(HttpContext http)
    {
        var rawTarget = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (RequestPath.Parse(rawTarget) is not { } path)
        {
            return Answer.Of(HttpErrors.NotFound);
        }

        var headers = http.Request.Headers;
        var tenant = directory.Find(new TenantQuestion(http.Request.Host.Host, path.Tenant, headers.Authorization));
        if (tenant.Status != StatusCodes.Status200OK)
        {
            return Refuse(http, tenant.Status);
        }

        var (route, values) = FindRoute(http.Request.Method, path.Segments);
        if (http.Request.ContentLength is not (null or 0) && !MediaTypes.IsRead(http.Request.ContentType))
        {
            return Answer.Of(HttpErrors.UnsupportedMediaType);
        }

        var opened = registries.Of(tenant.Tenant);
        await ReadyAsync(http, opened.Registry, headers[OffsetHeader]);
        var call = new Call(http, opened, tenant.Rights, path, values);
        call.Demand(route.Operation, route.Subject >= 0 ? call.Subject(route.Subject) : new SubjectName(call.Context, ""));
        if (route.FollowsAliases)
        {
            call.Demand(route.Operation, call.ResolvedSubject(route.Subject));
        }

        if (route.IsForwarded && registries.Forward is { } other && call.Image.OwnMode(SubjectName.Global) == RegistryMode.Forward)
        {
            return await other.SendAsync(call, path.Tenant is null ? rawTarget : RequestPath.WithoutTenant(rawTarget));
        }

        if (route.IsWrite && opened.Home is { IsHere: false } home)
        {
            return route.Unchanged is { } unchanged && await unchanged(call) is { } answer ? answer
                : home.Registry is { } primary ? await registries.To(primary).SendAsync(call, rawTarget)
                : throw new RegistryException(RegistryError.NoLeader());
        }

        return await route.Endpoint(call);
    }

    private static Answer Refuse(HttpContext http, int status)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"SchemaRegistry\"";
            return Answer.Of(HttpErrors.Unauthorized);
        }

        return Answer.Of(status == StatusCodes.Status403Forbidden ? new RegistryError(403, "Forbidden") : HttpErrors.NotFound);
    }

    private static (Route Route, string[] Values) FindRoute(string method, string[] segments)
    {
        var hasPath = false;
        foreach (var route in Routes.OfLength(segments.Length))
        {
            if (route.Match(segments) is { } values)
            {
                hasPath = true;
                if (route.Method == method || route.Method == "GET" && method == "HEAD")
                {
                    return (route, values);
                }
            }
        }

        throw new RegistryException(hasPath ? HttpErrors.MethodNotAllowed : HttpErrors.NotFound);
    }

    /// <summary>Waits until the state is one that may be answered from. Throws <see cref="RegistryException"/> 500 and 503.</summary>
    private static async ValueTask ReadyAsync(HttpContext http, TenantRegistry registry, string? offset)
    {
        var atMost = TimeSpan.FromMilliseconds(Limits.MaxSchemaOffsetWaitMs);
        if (!registry.CaughtUp.IsCompletedSuccessfully)
        {
            try
            {
                await registry.CaughtUp.WaitAsync(atMost, http.RequestAborted);
            }
            catch (TimeoutException)
            {
                throw new RegistryException(RegistryError.StoreFailed("Error while retrieving schema: the store is not ready"));
            }
        }

        if (!string.IsNullOrEmpty(offset)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            && registry.Applied <= wanted
            && !await registry.WaitForAsync(wanted, atMost, http.RequestAborted))
        {
            throw new RegistryException(HttpErrors.OffsetNotReached);
        }
    }

    private static async Task WriteAsync(HttpResponse response, Answer answer, string mediaType)
    {
        response.StatusCode = answer.Status;
        if (answer.Offset >= 0)
        {
            response.Headers[OffsetHeader] = answer.Offset.ToString(CultureInfo.InvariantCulture);
        }

        if (answer.Body.IsEmpty)
        {
            return;
        }

        response.ContentType = mediaType;
        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(answer.Body);
        }
    }
}
