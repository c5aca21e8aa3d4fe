using System.Text.Json;
using Federation.Core.Homes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Control;

namespace Federation.Control.Http;

/// <summary>Errors as RFC 9457 problems: every answer that is not a success says in words what is wrong.</summary>
internal static partial class Problems
{
    public static Task WriteAsync(HttpContext context, int status, string? detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(Of(status, detail), ControlJson.Default.Problem, "application/problem+json");
    }

    public static IResult Result(int status, string? detail) => Results.Json(Of(status, detail), ControlJson.Default.Problem, "application/problem+json", status);

    public static IResult Result(FederationError error, string? detail) => Result(
        error switch
        {
            FederationError.NotFound => StatusCodes.Status404NotFound,
            FederationError.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        },
        detail);

    /// <summary>Middleware: what an endpoint throws becomes a problem, unless the answer has begun; and so does an error that has no body.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, ContentType: null, StatusCode: >= StatusCodes.Status400BadRequest and var status })
            {
                await WriteAsync(context, status, WhyUnrouted(context)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; nobody waits for an answer.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.StatusCode, e.InnerException is JsonException json ? $"the body is not what is expected: {json.Message}" : e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException && !context.Response.HasStarted)
        {
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems)), e, context.Request.Method, context.Request.Path);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "the request failed for a reason of ours; the log has it").ConfigureAwait(false);
        }
    }

    /// <summary>What the router refuses, it refuses without a word.</summary>
    private static string WhyUnrouted(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"there is no {context.Request.Path}",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} takes {context.Response.Headers.Allow}, not {context.Request.Method}",
        StatusCodes.Status415UnsupportedMediaType => "a body has to be application/json",
        var other => ReasonPhrases.GetReasonPhrase(other),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception cause, string method, string path);

    private static Problem Of(int status, string? detail) => new(ReasonPhrases.GetReasonPhrase(status), status, detail);
}
