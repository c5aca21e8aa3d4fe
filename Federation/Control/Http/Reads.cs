using Microsoft.AspNetCore.Http;

namespace Federation.Control.Http;

/// <summary>Endpoints that only tell: whatever answers GET answers HEAD, and the server leaves the body away.</summary>
internal static class Reads
{
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
}
