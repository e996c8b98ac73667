namespace System.Runtime.CompilerServices;

/// <summary>The type that the compiler needs to allow <c>init</c> accessors and records on netstandard2.0.</summary>
internal static class IsExternalInit;
