namespace KernelGen.Planning.Policies;

/// <summary>
/// AUTOMATIC1111's attention block of the VAE: modifier 2.5 for every element type, no limit on steps, whole when not divisible.
/// </summary>
internal sealed class DoggettxVaePolicy() : StepPolicy(
    "doggettx-vae", "score bytes x 2.5; power-of-two steps without a limit; not sliced at all when they do not divide the rows")
{
    /// <inheritdoc/>
    protected override bool Capped => false;

    /// <inheritdoc/>
    protected override bool WholeUnlessDivisible => true;

    /// <inheritdoc/>
    protected override double Modifier(in PolicyInput input) => 2.5;
}
