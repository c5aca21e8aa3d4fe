using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Http;

/// <summary>Errors that are not the registry's own: the HTTP status is their code.</summary>
public static class HttpErrors
{
    public static readonly RegistryError NotFound = new(404, "HTTP 404 Not Found");
    public static readonly RegistryError MethodNotAllowed = new(405, "HTTP 405 Method Not Allowed");
    public static readonly RegistryError NotAcceptable = new(406, "HTTP 406 Not Acceptable");
    public static readonly RegistryError TooLarge = new(413, "HTTP 413 Request Entity Too Large");
    public static readonly RegistryError UnsupportedMediaType = new(415, "HTTP 415 Unsupported Media Type");
    public static readonly RegistryError Unauthorized = new(401, "Unauthorized");
    public static readonly RegistryError Internal = new(500, "Internal Server Error");

    public static RegistryError BadRequest(string why) => new(400, why);

    public static RegistryError UnsupportedEncoding(string encoding) =>
        new(415, $"The body's Content-Encoding '{encoding}' is not supported: {RegistryHttp.BodyEncoding} is, and none");

    /// <summary>The body is missing or cannot be read.</summary>
    public static RegistryError Unprocessable(string why) => new(422, why);

    public static RegistryError Forbidden(string operation, string subject) =>
        new(403, subject.Length == 0 ? $"User is denied operation {operation}" : $"User is denied operation {operation} on Subject: {subject}");

    public static readonly RegistryError OffsetNotReached = new(503, "The schema offset asked for has not arrived in this region yet");
}
