using System.IO.Compression;
using System.Net;
using System.Text;
using Kernel;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Headers of requests that a registry has to obey or refuse, and those of its refusals.</summary>
public class HeadersTests
{
    [Fact]
    public async Task A_body_may_be_gzip()
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await SendAsync(host, Gzip(Encoding.UTF8.GetBytes(RegistryHost.Schema("a"))), "gzip");
        Assert.Equal((HttpStatusCode.OK, "{\"id\":1}"), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task What_comes_out_of_gzip_has_the_limit_of_any_body()
    {
        await using var host = await RegistryHost.StartAsync();
        var bomb = Gzip(new byte[64 * 1024 * 1024]);
        Assert.True(bomb.Length < Limits.MaxSchemaRequestBytes / 10, "small as it comes");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(host, bomb, "gzip")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, Encoding.UTF8.GetBytes(RegistryHost.Schema("a")), "identity")).Status);
    }

    [Theory]
    [InlineData("no gzip at all")]
    [InlineData("")]
    public async Task What_is_no_gzip_is_said_so(string body)
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await SendAsync(host, Encoding.UTF8.GetBytes(body), "gzip");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Contains(body.Length == 0 ? "cannot be read" : "it is no gzip", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task Another_encoding_is_refused_with_the_one_there_is(string encoding)
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await SendAsync(host, Gzip(Encoding.UTF8.GetBytes(RegistryHost.Schema("a"))), encoding);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.Status);
        Assert.Contains($"Content-Encoding '{encoding}' is not supported: gzip is", reply.Text, StringComparison.Ordinal);
        Assert.Equal("gzip", reply.Headers["Accept-Encoding"]);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1, 2")]
    [InlineData("99999999999999999999")]
    public async Task An_offset_that_is_none_is_refused(string offset)
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/subjects", ("Federation-Schema-Offset", offset)))
            .IsError(400, 400, "The header Federation-Schema-Offset is no offset: a number is expected, 0 or higher");
    }

    [Theory]
    [InlineData("PUT", "/subjects", "GET, HEAD")]
    [InlineData("PATCH", "/subjects/s", "DELETE, POST")]
    [InlineData("PUT", "/subjects/s/versions", "GET, HEAD, POST")]
    [InlineData("POST", "/config/s", "DELETE, GET, HEAD, PUT")]
    public async Task A_method_that_is_not_allowed_is_answered_with_those_that_are(string method, string path, string allowed)
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Node.Url };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static async Task<(HttpStatusCode Status, string Text, Dictionary<string, string> Headers)> SendAsync(RegistryHost host, byte[] body, string encoding)
    {
        using var client = new HttpClient { BaseAddress = host.Node.Url };
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await client.PostAsync("/subjects/s/versions", content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }
}
