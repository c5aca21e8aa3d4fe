namespace Protocol.Wire.Records;

/// <summary>Makes an accepted batch what the topic wants stored. Called only as <see cref="BatchVerdict.Rewrite"/> says.</summary>
public static class BatchRewriter
{
    /// <summary>
    /// For <see cref="BatchRewrite.Header"/>: writes timestamp type, largest timestamp and checksum in place. Base timestamp and deltas stay.
    /// </summary>
    /// <param name="batch">Exactly the batch (<see cref="BatchVerdict.LengthBytes"/>), writable.</param>
    public static void PatchHeader(Span<byte> batch, in BatchVerdict verdict, in BatchRules rules) => throw new NotImplementedException();

    /// <summary>
    /// For <see cref="BatchRewrite.Recompress"/>: the same records, packed with <see cref="BatchRules.StoredCompression"/>, with timestamp
    /// type, largest timestamp and checksum as they must be. Producer id, epoch and sequence are kept.
    /// </summary>
    /// <param name="batch">Exactly the batch as sent.</param>
    /// <returns>A new array that holds exactly the batch to store. It may be larger than the one sent.</returns>
    public static byte[] Recompress(ReadOnlySpan<byte> batch, in BatchVerdict verdict, in BatchRules rules) => throw new NotImplementedException();
}
