using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernel;

/// <summary>Assertions that stay on in release builds: a broken invariant must stop the work at hand, not spread.</summary>
public static class Ensure
{
    /// <summary>Throws <see cref="InvariantBrokenException"/> unless the condition holds.</summary>
    public static void That([DoesNotReturnIf(false)] bool condition, string because, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Fail(because, expression);
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(string because, string? expression) => throw new InvariantBrokenException($"{because} ({expression})");
}

/// <summary>A programming error or corrupted state, never bad input: bad input has errors of its own.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);
