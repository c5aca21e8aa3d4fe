using CsCheck;
using Federation.Gateway.Http;

namespace Tests.Unit.HttpDoor;

/// <summary>The target of a request, as text.</summary>
public class RequestTargetTests
{
    [Theory]
    [InlineData("/a?b", "/a?b")]
    [InlineData("http://host", "/")]
    [InlineData("http://host:80/a%2Fb?c=http://d/e", "/a%2Fb?c=http://d/e")]
    [InlineData("https://host?a", "/?a")]
    [InlineData("*", null)]
    [InlineData("host:80", null)]
    [InlineData("", null)]
    [InlineData("/a b", null)]
    [InlineData("/a\tb", null)]
    [InlineData("/a\r\nb", null)]
    [InlineData("/\u00e9", null)]
    [InlineData("/\u007f", null)]
    public void Path_and_query(string target, string? expected) => Assert.Equal(expected, RequestTarget.PathAndQuery(target));

    [Theory]
    [InlineData("/registry", "/")]
    [InlineData("/registry/", "/")]
    [InlineData("/registry?a/../b", "/?a/../b")]
    [InlineData("/registry/a/b?c/d", "/a/b?c/d")]
    [InlineData("/registry//a", "//a")]
    [InlineData("/registry/a./.b/..c/...", "/a./.b/..c/...")]
    [InlineData("/registry/.", null)]
    [InlineData("/registry/../a", null)]
    [InlineData("/registry/%2e", null)]
    [InlineData("/registry/a/.%2E", null)]
    [InlineData("/%2e%2e/registry", null)]
    [InlineData("/registry/%2e%2e%2e", "/%2e%2e%2e")]
    public void First_segment(string pathAndQuery, string? expected) => Assert.Equal(expected, RequestTarget.WithoutFirstSegment(pathAndQuery));

    [Fact]
    public void A_rest_without_dot_segments_is_kept_byte_for_byte()
    {
        var chars = Gen.Char['!', '~'].Array[0, 40].Select(c => new string(c).Replace("?", "%3F", StringComparison.Ordinal));
        Gen.Select(chars, chars).Sample((path, query) =>
        {
            // What a server would resolve: the reference decodes every segment by itself.
            var hasDots = path.Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or "..");
            var rest = $"/{path}?{query}";
            Assert.Equal(hasDots ? null : rest, RequestTarget.WithoutFirstSegment("/registry" + rest));
        });
    }
}
