using System.Text;
using Kernel.Ids;

namespace Federation.Core.Tenancy;

/// <summary>
/// Puts the texts that a cluster writes for people into a tenant's terms. A text may quote any name of the cluster, so it is taken word
/// by word: the tenant's prefix goes, Kafka's setting names and what the tenant itself said stay, and every other word that looks like
/// another tenant's name or like an address becomes "…". Immutable.
/// </summary>
/// <param name="names">The tenant's names.</param>
/// <param name="said">Whether the tenant's request held this word (a setting's name or value); null: nothing of the kind.</param>
/// <param name="unknown">The brokers that the request named and that there are not; null: nothing of the kind.</param>
public sealed class ErrorTexts(TenantNames names, Func<string, bool>? said = null, UnknownBrokers? unknown = null)
{
    private const string Hidden = "…";

    /// <summary>The text as the tenant may see it.</summary>
    public string ToTenant(string text)
    {
        // Most texts quote nothing: they come back as they are, without a copy.
        if (!text.AsSpan().ContainsAny('.', ':') && unknown is not { Any: true })
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && IsWordCharacter(text[end]))
            {
                end++;
            }

            if (end == at)
            {
                result.Append(text[at++]);
                continue;
            }

            // A full stop behind a word ends the sentence.
            var wordEnd = end;
            while (wordEnd > at && text[wordEnd - 1] == '.')
            {
                wordEnd--;
            }

            result.Append(Word(text[at..wordEnd], followedByPort: IsPort(text, end)));
            result.Append('.', end - wordEnd);
            at = end;
        }

        return result.ToString();
    }

    private string Word(string word, bool followedByPort)
    {
        if (unknown?.ToTenant(word) is { } id)
        {
            return id;
        }

        if (names.Owns(word))
        {
            return word[names.Prefix.Length..];
        }

        if (followedByPort && word.Length > 0)
        {
            return Hidden;
        }

        var dot = word.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return word;
        }

        if (IsAddress(word))
        {
            return Hidden;
        }

        return !TenantId.IsLegal(word[..dot]) || SettingNames.IsKnown(word) || said?.Invoke(word) == true ? word : Hidden;
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' || c > '\x7f';

    private static bool IsPort(string text, int colon) => colon + 1 < text.Length && text[colon] == ':' && char.IsAsciiDigit(text[colon + 1]);

    private static bool IsAddress(string word) => word.Count(c => c == '.') == 3 && word.All(c => c == '.' || char.IsAsciiDigit(c));
}
