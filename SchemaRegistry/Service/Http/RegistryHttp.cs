using System.Globalization;
using Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Api;
using SchemaRegistry.Service.Linking;
using SchemaRegistry.Service.State;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Http;

/// <summary>Answers HTTP requests: finds the tenant, the endpoint and the caller's rights, and turns what is thrown into errors of the API.</summary>
internal sealed class RegistryHttp(ITenantDirectory directory, ITenantRegistries registries, RegistryMetrics metrics, ILogger logger)
{
    /// <summary>Answer: the offset of a write in the tenant's log. Request: answer only once this offset is known here (read your writes).</summary>
    public const string OffsetHeader = "Federation-Schema-Offset";

    /// <summary>The one encoding of requests' bodies that is read, as by Confluent's registry.</summary>
    public const string BodyEncoding = "gzip";

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

        var (route, values) = FindRoute(http, path.Segments);
        if (http.Request.ContentLength is not (null or 0) && !MediaTypes.IsRead(http.Request.ContentType))
        {
            return Answer.Of(HttpErrors.UnsupportedMediaType);
        }

        // The header of an encoding that the host reads is gone by now.
        if (headers.ContentEncoding is [{ Length: > 0 } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)
            && http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            http.Response.Headers.AcceptEncoding = BodyEncoding;
            return Answer.Of(HttpErrors.UnsupportedEncoding(headers.ContentEncoding.ToString()));
        }

        var opened = registries.Of(tenant.Tenant);
        await ReadyAsync(http, opened.Registry, WantedOffset(headers[OffsetHeader]));
        var call = new Call(http, opened, tenant.Rights, path, values);
        var subject = route.Subject >= 0 ? call.Subject(route.Subject) : new SubjectName(call.Context, "");
        call.Demand(route.OperationOn(subject), subject);
        if (route.FollowsAliases)
        {
            call.Demand(route.Operation, call.ResolvedSubject(route.Subject));
        }

        // A registry that follows another region's log is the same one to whoever exports there.
        if (headers[OwnRegistryProbe.Header] is [{ } word] && !opened.Exporters.IsOwnProbe(word) && opened.Home is { IsHere: false, Registry: { } writer })
        {
            return await registries.To(writer).SendAsync(call, rawTarget);
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

        return Answer.Of(HttpErrors.NotFound);
    }

    /// <summary>The endpoint of a request. Throws <see cref="RegistryException"/> 404 and 405, this one with what the path does take in Allow.</summary>
    private static (Route Route, string[] Values) FindRoute(HttpContext http, string[] segments)
    {
        var method = http.Request.Method;
        foreach (var route in Routes.OfLength(segments.Length))
        {
            if ((route.Method == method || route.Method == "GET" && method == "HEAD") && route.Match(segments) is { } values)
            {
                return (route, values);
            }
        }

        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var route in Routes.OfLength(segments.Length))
        {
            if (route.Match(segments) is not null)
            {
                allowed.UnionWith(route.Method == "GET" ? ["GET", "HEAD"] : [route.Method]);
            }
        }

        if (allowed.Count == 0)
        {
            throw new RegistryException(HttpErrors.NotFound);
        }

        http.Response.Headers.Allow = string.Join(", ", allowed);
        throw new RegistryException(HttpErrors.MethodNotAllowed);
    }

    /// <summary>
    /// The offset that a request waits for; -1 for none. Throws <see cref="RegistryException"/> 400: who asks for an offset and gets an older state
    /// would take it for the one asked for.
    /// </summary>
    private static long WantedOffset(string? offset) => offset is null ? -1
        : long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted
        : throw new RegistryException(HttpErrors.BadRequest($"The header {OffsetHeader} is no offset: a number is expected, 0 or higher"));

    /// <summary>Waits until the state is one that may be answered from. Throws <see cref="RegistryException"/> 500 and 503.</summary>
    private static async ValueTask ReadyAsync(HttpContext http, TenantRegistry registry, long wanted)
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

        if (wanted >= 0 && registry.Applied <= wanted && !await registry.WaitForAsync(wanted, atMost, http.RequestAborted))
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
