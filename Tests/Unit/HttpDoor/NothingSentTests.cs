using System.Net.Sockets;
using Federation.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Tests.Unit.HttpDoor;

/// <summary>Whether a failed attempt may be repeated elsewhere because nothing of the request had left.</summary>
public class NothingSentTests
{
    [Fact]
    public void A_connection_that_was_reset_while_it_was_made_has_sent_nothing() =>
        Assert.True(NothingWasSent(ForwarderError.Request, new SocketException((int)SocketError.NotConnected)));

    [Fact]
    public void A_connection_that_could_not_be_made_has_sent_nothing() =>
        Assert.True(NothingWasSent(ForwarderError.Request, new HttpRequestException(HttpRequestError.ConnectionError)));

    [Fact]
    public void An_answer_that_did_not_come_says_nothing_of_the_request() =>
        Assert.False(NothingWasSent(ForwarderError.Request, new HttpRequestException(HttpRequestError.ResponseEnded)));

    private static bool NothingWasSent(ForwarderError error, Exception cause)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IForwarderErrorFeature>(new Failure(error, cause));
        return Failover.NothingWasSent(context);
    }

    private sealed record Failure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
