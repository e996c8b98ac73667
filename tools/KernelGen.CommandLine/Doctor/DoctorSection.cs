namespace KernelGen.CommandLine.Doctor;

/// <summary>A part of what <c>doctor</c> tells.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Facts">What was found, with a name each.</param>
/// <param name="Advice">What is missing and how to get it; empty when nothing is.</param>
internal sealed record DoctorSection(string Title, IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<string> Advice);
