using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Broker.Node.Apis;

/// <summary>
/// The common course of a request: decode the body, handle it, encode the answer, give the frame back. Apis are made by hand and listed
/// in <see cref="ApiTable"/>; nothing is found by reflection.
/// </summary>
public abstract class Api<TRequest, TResponse> : IApi
    where TRequest : class, IWireMessage<TRequest>, new()
    where TResponse : class, IWireMessage<TResponse>, new()
{
    public ApiKey Key => TRequest.Key!.Value;

    /// <summary>All versions of the message, unless the API serves fewer.</summary>
    public virtual VersionRange Versions => TRequest.Versions;

    public ValueTask<Answer> HandleAsync(RequestContext context)
    {
        ValueTask<TResponse?> pending;
        try
        {
            var request = new TRequest();
            var reader = new WireReader(context.Body);
            request.Read(ref reader, context.Version);
            pending = HandleAsync(context, request);
        }
        catch
        {
            context.Frame.Dispose();
            throw;
        }

        return pending.IsCompletedSuccessfully ? new(Finish(context, pending.Result)) : AwaitAsync(context, pending);
    }

    /// <summary>
    /// Handles a decoded request. Slices of the frame are valid until the returned task ends. Null sends nothing; with
    /// <see cref="RequestContext.CloseAfter"/> set, the connection is closed behind the answer.
    /// </summary>
    protected abstract ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request);

    private async ValueTask<Answer> AwaitAsync(RequestContext context, ValueTask<TResponse?> pending)
    {
        TResponse? response;
        try
        {
            response = await pending.ConfigureAwait(false);
        }
        catch
        {
            context.Frame.Dispose();
            throw;
        }

        return Finish(context, response);
    }

    /// <summary>Encodes an answer and gives the frame back.</summary>
    private protected Answer Finish(RequestContext context, TResponse? response)
    {
        FrameWriter? writer = null;
        try
        {
            writer = response is null ? null : Encode(context, response);
            return new Answer(writer, context.CloseAfter, context.Mute);
        }
        finally
        {
            // Spliced bytes may be slices of the request, so the frame lives as long as the answer does.
            if (writer is { Splices.Count: > 0 })
            {
                writer.Own(context.Frame);
            }
            else
            {
                context.Frame.Dispose();
            }
        }
    }

    private FrameWriter Encode(RequestContext context, TResponse response)
    {
        var version = context.AnswerVersion ?? context.Version;
        var writer = new FrameWriter();
        try
        {
            writer.BeginFrame();
            ResponseHeader.Write(writer, Key, version, context.Header.CorrelationId);
            response.Write(writer, version);
            writer.EndFrame();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
