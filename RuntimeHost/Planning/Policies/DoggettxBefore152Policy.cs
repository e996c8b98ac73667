namespace KernelGen.Planning.Policies;

/// <summary>
/// AUTOMATIC1111's default before version 1.5.2: as <see cref="DoggettxPolicy"/>, but rows that the steps do not divide are not sliced at
/// all.
/// </summary>
internal sealed class DoggettxBefore152Policy() : StepPolicy(
    "doggettx-pre-1.5.2", "as doggettx, but not sliced at all when the steps do not divide the rows")
{
    /// <inheritdoc/>
    protected override bool WholeUnlessDivisible => true;

    /// <inheritdoc/>
    protected override double Modifier(in PolicyInput input) => input.ElementSize == 2 ? 3 : 2.5;
}
